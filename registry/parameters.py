"""Generation parameters of a model or an assignment: what is allowed, in one place.

Pure. The stored form is JSON-ready and holds only what was set:

    {"temperature": 0.2, "top_p": 0.9, "max_tokens": 4096,
     "frequency_penalty": 0.5, "presence_penalty": -0.5, "stop": ["END"]}
"""

import math
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

# name → (lowest, highest): the ranges that OpenAI's and Anthropic's interfaces share.
RANGES: Final[dict[str, tuple[float, float]]] = {
    "temperature": (0, 2),
    "top_p": (0, 1),
    "frequency_penalty": (-2, 2),
    "presence_penalty": (-2, 2),
}
MAX_STOPS: Final = 4
MAX_STOP_LENGTH: Final = 200
MAX_TOKENS: Final = 100_000_000
"""Where a model's own limit is not known: far above any model's output."""
PARAMETERS: Final = (*RANGES, "max_tokens", "stop")
LABELS: Final = {
    "temperature": "Temperature",
    "top_p": "Top P",
    "max_tokens": "Max output tokens",
    "frequency_penalty": "Frequency penalty",
    "presence_penalty": "Presence penalty",
    "stop": "Stop sequences",
}


class ParameterError(ValueError):
    """`errors` says for each wrong parameter what is wrong, for a person."""

    def __init__(self, errors: dict[str, str]) -> None:
        self.errors = errors
        super().__init__(" ".join(errors.values()))


def clean_parameters(
    values: Mapping[str, Any], *, max_output_tokens: int | None = None
) -> dict[str, Any]:
    """The stored form of `values`; a parameter that is None or empty is left out.

    `max_output_tokens` is the model's limit where it is known. Raises ParameterError
    naming every wrong parameter.
    """
    cleaned: dict[str, Any] = {}
    errors = {
        name: f"{name} is not a parameter. Known: {', '.join(PARAMETERS)}."
        for name in values
        if name not in PARAMETERS
    }
    for name in PARAMETERS:
        value = values.get(name)
        if value is None or value == "" or value == []:
            continue
        try:
            cleaned[name] = _clean_one(name, value, max_output_tokens)
        except ValueError as error:
            errors[name] = str(error)
    if errors:
        raise ParameterError(errors)
    return cleaned


def _clean_one(name: str, value: Any, max_output_tokens: int | None) -> Any:
    if name == "stop":
        return _clean_stop(value)
    if name == "max_tokens":
        return _clean_max_tokens(value, max_output_tokens)
    return _clean_number(name, value)


def _clean_number(name: str, value: Any) -> float:
    low, high = RANGES[name]
    number = _number(name, value)
    if not low <= number <= high:
        message = f"{LABELS[name]} lies between {low:g} and {high:g}."
        raise ValueError(message)
    return number


def _clean_max_tokens(value: Any, max_output_tokens: int | None) -> int:
    number = _number("max_tokens", value)
    if number != int(number) or number < 1:
        message = "Max output tokens is a whole number from 1 on."
        raise ValueError(message)
    limit = max_output_tokens or MAX_TOKENS
    if number > limit:
        message = f"This model writes at most {limit:,} tokens."
        raise ValueError(message if max_output_tokens else f"At most {limit:,} tokens.")
    return int(number)


def _clean_stop(value: Any) -> list[str]:
    stops = [value] if isinstance(value, str) else value
    if not isinstance(stops, list | tuple) or not all(
        isinstance(stop, str) for stop in stops
    ):
        message = "Stop sequences are texts."
        raise ValueError(message)
    unique = [stop for stop in dict.fromkeys(stops) if stop]
    if len(unique) > MAX_STOPS:
        message = f"At most {MAX_STOPS} stop sequences; these are {len(unique)}."
        raise ValueError(message)
    if any(len(stop) > MAX_STOP_LENGTH for stop in unique):
        message = f"A stop sequence has at most {MAX_STOP_LENGTH} characters."
        raise ValueError(message)
    return unique


def _number(name: str, value: Any) -> float:
    is_number = isinstance(value, int | float | Decimal) and not isinstance(value, bool)
    if not is_number or not math.isfinite(value):
        message = f"{LABELS[name]} is a number."
        raise ValueError(message)
    return float(value)
