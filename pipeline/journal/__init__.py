"""The database: cases and their moves, results of each stage, registers, users, the audit chain."""
