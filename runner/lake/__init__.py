"""What stands in the bucket: runs, versions, the lock of the lake, and what is left over."""
