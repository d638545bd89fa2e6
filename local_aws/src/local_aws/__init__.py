"""The local AWS endpoint: answers AWS's own client software from one process on 127.0.0.1."""
