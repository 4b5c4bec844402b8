from importlib.util import find_spec
from pathlib import Path

from modelhub.embedded.failure import EmbeddedError


def wheel_folder(package: str) -> Path:
    """Where `package` is installed. It is not imported: importing these wheels makes
    folders, registers clean-ups and loads clients that are not used here."""
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise EmbeddedError(
            f"The package {package} is not installed; run `make setup`."
        )
    return Path(spec.origin).parent
