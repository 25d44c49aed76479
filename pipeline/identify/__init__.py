"""Who and what a text is about: kind, patient, recipient, urgency."""
