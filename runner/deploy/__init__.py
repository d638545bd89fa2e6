"""The stack on AWS: `stedi deploy`, `stedi destroy`."""
