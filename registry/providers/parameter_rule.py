"""What the models of one family do not take. Pure data; the rows stand in
`model_rules`, what is made of them in `parameter_rules`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class ParameterRule:
    """Models whose id matches `pattern` from its start: in lower case, without its
    host's prefix (`openai/`, `us.anthropic.`). `dialects` and `providers` narrow it;
    empty means any.

    `refuses` are names of ModelRequest fields that the models never take;
    `refuses_thinking` those not taken while they reason, that is unless the effort is
    "none". `efforts` are the reasoning efforts taken, weakest first: empty, none;
    None, not known. `default_effort` holds where the request names none.
    `highest_temperature` and `most_stops` lower what is above them;
    `one_of_temperature_and_top_p`: not both, top_p goes.
    """

    pattern: str
    dialects: frozenset[str] = frozenset()
    providers: frozenset[str] = frozenset()
    refuses: frozenset[str] = frozenset()
    refuses_thinking: frozenset[str] = frozenset()
    efforts: tuple[str, ...] | None = None
    default_effort: str = ""
    highest_temperature: float = 2.0
    most_stops: int | None = None
    one_of_temperature_and_top_p: bool = False
    has_tools: bool | None = None
    has_images: bool | None = None
    has_system: bool = True
