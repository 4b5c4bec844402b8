"""Calls that others tell of: what was said, before it is a record. Pure."""
