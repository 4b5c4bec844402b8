"""What a model id says by its form: whether it moves, which day and stem it has, and
the spellings under which two catalogues mean the same model."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable
from typing import Final

MOVING: Final = re.compile(r"(^|[-:/@_ ])latest$", re.IGNORECASE)
DAY: Final = re.compile(
    r"(?<![\dA-Za-z.])"
    r"(?:(?P<y>20[2-3]\d)-?(?P<m>[01]\d)-?(?P<d>[0-3]\d)"
    r"|(?P<m2>[01]\d)-(?P<y2>20[2-3]\d)"
    r"|(?P<short>\d{2}-?\d{2}))"
    r"(?![\dA-Za-z.])"
)
NUMBERED: Final = re.compile(r"^-v?(?P<number>\d{1,2}(?:[.-]\d{1,2})*)$")
HOST_PREFIX: Final = re.compile(r"^(accounts/fireworks/models/|models/|@cf/)")
BEDROCK_REGION: Final = re.compile(
    r"^(us|eu|apac|au|jp|global|us-gov)\.(?=[a-z0-9]+\.)"
)
BEDROCK_REVISION: Final = re.compile(r"((?<=\d{8})-v\d+)?(?<!:\d):\d+(:\d+k)?$")
DOT_VERSION: Final = re.compile(r"(?<=\d)[.p](?=\d)")


def is_moving(model_id: str) -> bool:
    """Whether the id names whatever is newest (`…-latest`) and no exact version."""
    return bool(MOVING.search(model_id))


def moving_stem(model_id: str) -> str:
    """`mistral-large-latest` → `mistral-large`; OpenRouter's leading ~ goes too."""
    return MOVING.sub("", model_id).lstrip("~").lower()


def version_text(model_id: str) -> str:
    """The date that stands in the id, as it stands there; empty where none does."""
    found = _day_match(model_id)
    return found.group(0) if found else ""


def version_day(model_id: str) -> tuple[int, int, int] | None:
    """The date in the id as (year, month, day), for ordering versions of one stem;
    a part that is not stated is 0. Four digits are a month and a day, as OpenAI
    writes (0613), where no year and month fit, as Mistral writes (2407)."""
    found = _day_match(model_id)
    if found is None:
        return None
    if short := (found["short"] or "").replace("-", ""):
        return _short_day(short)
    year, month = found["y"] or found["y2"], found["m"] or found["m2"]
    return int(year), int(month), int(found["d"] or 0)


def dated_stem(model_id: str) -> str | None:
    """`gpt-4o-2024-08-06` → `gpt-4o`; None where the id does not end in a date."""
    found = _day_match(model_id)
    if found is None or found.end() != len(model_id) or found.start() == 0:
        return None
    return model_id[: found.start()].rstrip("-@:_").lower()


def version_number(model_id: str, stem: str) -> tuple[str, ...] | None:
    """`grok-4.5` of the stem `grok` → ("4", "5"); None where anything else follows, or
    where the stem itself ends in a number (5-5 is no version of 5). The parts are
    text, for they order like the digits of a fraction: 4.20 came before 4.3."""
    name = model_id.lower()
    found = NUMBERED.match(name.removeprefix(stem))
    if found is None or not name.startswith(stem) or stem[-1:].isdigit():
        return None
    whole, *parts = re.split("[.-]", found["number"])
    return (whole.zfill(2), *parts)


def has_words_of(model_id: str, stem: str) -> bool:
    """Whether the id is the stem with a number in it: `gemini-3.8-flash` of
    `gemini-flash`, `gemini-3.1-pro-preview` of `gemini-pro`."""
    words = model_id.lower().removesuffix("-preview").split("-")
    return any(word[0].isdigit() for word in words if word) and [
        word for word in words if word and not word[0].isdigit()
    ] == stem.split("-")


def only_versions(versions: Iterable[str]) -> dict[str, str]:
    """Dated versions that share their stem with no other dated one → the stem. What
    is stated about the stem is stated about them."""
    by_stem: dict[str, list[str]] = {}
    for version in versions:
        if stem := dated_stem(version):
            by_stem.setdefault(stem, []).append(version)
    return {members[0]: stem for stem, members in by_stem.items() if len(members) == 1}


def spellings(model_id: str) -> list[str]:
    """The documented ways to write `model_id`, nearest first. Two ids mean the same
    model at a provider when the first spelling they share is unique there:

    1. as it stands; 2. in lower case; 3. without the host's own path or region prefix
    (`accounts/fireworks/models/`, `@cf/`, `us.`); 4. without Bedrock's revision
    (`:0`, after a date `-v1:0`); 5. `@` before a date and `.` or `p` inside a number
    as `-`, and Azure's `gpt-35` as `gpt-3.5`.
    """
    forms = [model_id, model_id.lower()]
    forms.append(BEDROCK_REGION.sub("", HOST_PREFIX.sub("", forms[-1])))
    forms.append(BEDROCK_REVISION.sub("", forms[-1]))
    plain = forms[-1].replace("@", "-").replace("gpt-35-", "gpt-3.5-")
    forms.append(DOT_VERSION.sub("-", plain))
    return list(dict.fromkeys(forms))


def _day_match(model_id: str) -> re.Match[str] | None:
    return next(
        (one for one in reversed(list(DAY.finditer(model_id))) if _is_day(one)), None
    )


def _is_day(found: re.Match[str]) -> bool:
    if found["short"]:
        return _short_day(found["short"].replace("-", "")) is not None
    year, month = int(found["y"] or found["y2"]), int(found["m"] or found["m2"])
    try:
        datetime.date(year, month, int(found["d"] or 1))
    except ValueError:
        return False
    return True


def _short_day(digits: str) -> tuple[int, int, int] | None:
    first, second = int(digits[:2]), int(digits[2:])
    if 23 <= first <= 29 and 1 <= second <= 12:
        return 2000 + first, second, 0
    if 1 <= first <= 12 and 1 <= second <= 31:
        return 0, first, second
    return None
