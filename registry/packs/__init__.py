"""Packs: what they say, how they are read, compared and checked. Pure."""
