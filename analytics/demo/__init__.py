"""Sample data: a product that never was, told by a seeded generator. Pure."""
