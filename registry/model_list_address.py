"""The address of a models page: every link on it is the present state with a change."""

from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from registry.facets import FACETS
from registry.forms.model_list import SORTS, VIEWS

ORDER: Final = ("q", *FACETS, "sort", "view", "page")
DEFAULTS: Final = {"sort": SORTS[0][0], "view": VIEWS[0][0], "page": 1}


@dataclass(frozen=True)
class ListAddress:
    """`kept` are the valid values of ModelListForm. A change of what is shown starts
    at the first page again."""

    kept: dict[str, Any]

    def with_(self, **changes: Any) -> str:
        values = {**self.kept, "page": 1, **changes}
        pairs = [
            (name, one)
            for name in ORDER
            if (value := values[name]) and value != DEFAULTS.get(name)
            for one in (value if isinstance(value, list) else [value])
        ]
        return "?" + urlencode(pairs)

    def without(self, facet: str, option: str) -> str:
        return self.with_(
            **{facet: [value for value in self.kept[facet] if value != option]}
        )

    @property
    def cleared(self) -> str:
        return self.with_(q="", **{name: [] for name in FACETS})
