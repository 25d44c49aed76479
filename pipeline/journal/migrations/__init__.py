"""How the tables came to be: one module a step, run in order by `SqlJournal.upgrade`."""
