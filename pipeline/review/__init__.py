"""Correct, approve, send back."""
