"""The whole road with everything real: the commands, the watched inbox, Whisper, OCR, signature, archive."""
