"""How good is it? Dictations whose truth is known, transcribed and scored."""
