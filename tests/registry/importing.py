"""Sending a file through the admin's import, as a person does."""

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

FORMATS = {"csv": "0", "json": "1", "yaml": "2"}


def address(noun: str, step: str) -> str:
    return reverse(f"admin:registry_{noun}_{step}")


def preview(client: Client, noun: str, content: str | bytes, kind: str = "csv") -> Any:
    data = content.encode() if isinstance(content, str) else content
    file = SimpleUploadedFile(f"{noun}.{kind}", data)
    return client.post(
        address(noun, "import"),
        {"import_file": file, "format": FORMATS[kind], "resource": "0"},
    )


def confirm(client: Client, noun: str, previewed: Any) -> Any:
    assert previewed.context["problems"] == []
    form = previewed.context["confirm_form"]
    return client.post(address(noun, "process_import"), form.initial)


def export(client: Client, noun: str, kind: str = "csv") -> bytes:
    data = {"format": FORMATS[kind], "resource": "0"}
    return client.post(address(noun, "export"), data).content


def problems(previewed: Any) -> list[tuple[int | None, str, str]]:
    """Line, column and sentence of everything the preview refuses."""
    assert "confirm_form" not in previewed.context
    return previewed.context["problems"]


def file_error(previewed: Any) -> str:
    """The sentence beside the file."""
    return previewed.context["form"].errors["import_file"][0]
