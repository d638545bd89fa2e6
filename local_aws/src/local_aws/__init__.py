"""The local AWS endpoint: answers AWS's own client software from one process on 127.0.0.1.

This is the only room of the project that knows that it is local (docs/design.md: "Local is just another AWS profile").
"""
