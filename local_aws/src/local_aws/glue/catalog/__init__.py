"""The Glue Data Catalog."""
