"""S3 over the lake directory: ``s3://<bucket>/<key>`` is the file ``<lake>/<bucket>/<key>``.

Whoever writes to the lake beside S3, as Spark does, keeps to what `local_aws.s3.folders` says of names and folders.
"""
