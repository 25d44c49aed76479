"""The job engine: one job is one step of one case."""
