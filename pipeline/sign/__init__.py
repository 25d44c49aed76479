"""PAdES signatures: what is signed is what was reviewed."""
