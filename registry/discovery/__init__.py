"""What a connection offers: read from its provider, compared with what is known."""
