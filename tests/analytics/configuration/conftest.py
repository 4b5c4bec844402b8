"""What tests of configuration files share."""

from pathlib import Path

import pytest

from analytics.configuration_sections import SECTIONS
from registry.configuration.files import ConfigurationFile, lined, read_document
from registry.configuration.merging import Wanted, merged


def read(text: str, name: str = "config.yaml") -> ConfigurationFile:
    return read_document(lined(text.encode()), name, SECTIONS)


def wanted(text: str, name: str = "config.yaml") -> Wanted:
    return merged([read(text, name)])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty folder of configuration files."""
    (tmp_path / "user_profiles").mkdir()
    return tmp_path
