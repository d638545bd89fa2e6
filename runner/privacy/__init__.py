"""The last step of every run: does what the run made show anybody's identity?"""
