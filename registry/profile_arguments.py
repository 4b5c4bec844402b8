"""Arguments of the command `profiles`."""

from argparse import ArgumentParser
from typing import Any, Final

ACTIONS: Final = {
    "list": "All profiles, and who has them.",
    "show": "One profile with everything it says.",
    "create": "A new profile: from a file, or drafted from what exists.",
    "copy": "A profile of its own that says the same.",
    "edit": "Say something else: name, description, or everything from a file.",
    "delete": "Hide a profile and take it from whoever has it.",
    "restore": "Take a deleted profile back.",
    "validate": "Everything that is wrong with a profile, or with a file.",
    "activate": "Give a person or a token a profile, or none.",
    "import": "Read a profile from a file: a new one, or one that is there.",
    "export": "Write a profile to a file or to standard output.",
    "default-model": "The model that answers where nothing else decides.",
}
WRITES: Final = frozenset(ACTIONS) - {"list", "show", "validate", "export"}
WITHOUT_SLUG: Final = frozenset({"list", "create", "import", "default-model"})


def add_options(actions: Any) -> None:  # argparse keeps this type to itself
    for name, text in ACTIONS.items():
        parser = actions.add_parser(name, help=text, description=text)
        parser.add_argument("--organization", metavar="SLUG", help="The only one.")
        parser.add_argument("--json", action="store_true", help="One JSON document.")
        if name in WRITES:
            parser.add_argument(
                "--dry-run", action="store_true", help="Say it, and change nothing."
            )
        if name == "validate":
            parser.add_argument("slug", metavar="PROFILE", nargs="?", default="")
            parser.add_argument("--file", metavar="FILE", help="Instead of a profile.")
        elif name not in WITHOUT_SLUG:
            parser.add_argument("slug", metavar="PROFILE", help="Its short name.")
        _add_own(parser, name)


def _add_own(parser: ArgumentParser, name: str) -> None:
    if name in {"create", "copy"}:
        parser.add_argument("name", metavar="NAME")
        parser.add_argument("--as", dest="new_slug", default="", metavar="SLUG")
    if name in {"create", "edit"}:
        parser.add_argument("--file", metavar="FILE", help="JSON or YAML; - is stdin.")
        parser.add_argument("--description", metavar="TEXT")
    if name == "create":
        parser.add_argument(
            "--from",
            dest="draft",
            choices=["assigned", "local"],
            help="Say what is assigned now, or local models first.",
        )
    if name == "edit":
        parser.add_argument("--name", metavar="NAME")
    if name == "activate":
        parser.add_argument("--person", metavar="EMAIL", help="For this person.")
        parser.add_argument("--token", metavar="NAME", help="For this API token.")
    if name == "import":
        parser.add_argument("file", metavar="FILE", help="JSON or YAML; - is stdin.")
    if name == "export":
        parser.add_argument("--file", metavar="FILE", help="Default: standard output.")
        parser.add_argument("--format", choices=["yaml", "json"], default="yaml")
    if name == "default-model":
        parser.add_argument("model", metavar="MODEL", help="provider/model-id, or none")
