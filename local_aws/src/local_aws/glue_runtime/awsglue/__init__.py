"""The part of AWS's ``awsglue`` library that local sessions have, over plain Spark.

On Glue the real library is used. The public names and signatures are AWS's (AWS: "AWS Glue PySpark extensions
reference"); what is not here raises ``NotImplementedError`` by name.
"""
