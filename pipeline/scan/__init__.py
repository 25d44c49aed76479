"""Paper in, text and a searchable PDF/A out."""
