"""What is raised for a body that is no OTLP."""


class Undecodable(ValueError):
    """The body is not what its content type says; the text says where, for its
    sender."""
