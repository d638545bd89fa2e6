"""What a run needs, here and in the account: `stedi doctor`."""
