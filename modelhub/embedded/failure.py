class EmbeddedError(Exception):
    """An embedded part cannot serve; the text is one sentence for a person."""
