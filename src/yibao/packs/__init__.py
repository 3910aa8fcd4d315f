"""Reads policies/: inheritance, the entry in force on a day, schema, quotes; builds params NamedTuples."""
