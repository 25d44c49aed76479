"""From a structured revision to the signable PDF and the exchange DOCX."""
