"""Terms: what is unknown or doubtful in a text, with proposals. Nothing is changed by itself."""
