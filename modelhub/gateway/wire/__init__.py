"""Wire formats of clients ↔ our own types, for calls that cannot be relayed."""
