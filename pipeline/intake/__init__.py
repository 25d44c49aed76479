"""The watched inbox: settle, claim, hash, sort by kind, or set aside with a reason."""
