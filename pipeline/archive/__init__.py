"""Filed by patient, indexed, found, never overwritten."""
