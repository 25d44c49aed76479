"""Calame: dictations and scans in, checked, signed and filed documents out."""

__version__ = "0.1.0"
