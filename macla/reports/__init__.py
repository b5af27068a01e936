"""Reading what runs wrote: console summaries, tables, figures. Never runs anything."""
