"""Audio in, checked-for-coverage written text out."""
