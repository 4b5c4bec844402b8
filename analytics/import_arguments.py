"""The arguments of `modelhub usage import`."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError
from pathlib import Path

from analytics.intake.formats import BY_KEY

DESCRIPTION = (
    "Take in calls from a file: JSON lines or CSV of ModelHub, spend logs of LiteLLM, "
    "exports of Langfuse and Helicone. Usage and cost files of the consoles of OpenAI "
    "and Anthropic hold no calls, but sums: they are kept to compare with. gzip is "
    "recognised. Run it again after an interruption: it goes on where it was, and "
    "nothing counts twice. Lines that are refused stand in FILE.rejects.jsonl."
)


def add_import_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", type=Path)
    parser.add_argument(
        "--format", choices=sorted(BY_KEY), help="Default: by the names in the file."
    )
    parser.add_argument(
        "--map",
        action="append",
        default=[],
        type=_renaming,
        metavar="COLUMN=FIELD",
        help="What a column is called here. Can be given several times.",
    )
    parser.add_argument("--delimiter", default="", help="Of a CSV file, one character.")
    parser.add_argument("--encoding", default="", help="Default: UTF-8.")
    parser.add_argument(
        "--dry-run", action="store_true", help="Show what would be read; write nothing."
    )
    parser.add_argument(
        "--restart",
        action="store_true",
        help="From the first line, not from where it was.",
    )
    parser.add_argument("--organization", metavar="SLUG", help="Where there are more.")
    parser.add_argument("--json", action="store_true", help="One JSON document.")


def _renaming(text: str) -> tuple[str, str]:
    column, equals, name = text.partition("=")
    if not equals or not column.strip() or not name.strip():
        raise ArgumentTypeError(f"{text!r} is no COLUMN=FIELD")
    return column.strip(), name.strip()
