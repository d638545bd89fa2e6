"""S3 over the lake directory: ``s3://<bucket>/<key>`` is the file ``<lake>/<bucket>/<key>``."""
