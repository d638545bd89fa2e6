"""What the notebooks import: pure transforms, the publishing of tables, accounting and checks.

Written for AWS alone: nothing here knows which endpoint answers.
"""
