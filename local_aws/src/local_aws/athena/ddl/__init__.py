"""DDL on partitions, columns, properties and views, one noun a file."""
