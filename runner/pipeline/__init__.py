"""What the pipeline is made of: steps and their parameters, landing files, scripts, jobs, Glue Studio's notebooks."""
