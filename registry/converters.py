"""Path pieces: provider slugs, and model ids with their slashes, dots and colons."""


class ProviderConverter:
    regex = r"[A-Za-z0-9][A-Za-z0-9_.-]*"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class PromptNameConverter(ProviderConverter):
    # A name has no piece that is a dash alone, so that `/-/` always ends it.
    regex = r"[A-Za-z][A-Za-z0-9._/-]*?"


class ModelNameConverter(ProviderConverter):
    regex = r".+?"
