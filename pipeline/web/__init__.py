"""Thin pages over the flow; no rules here."""
