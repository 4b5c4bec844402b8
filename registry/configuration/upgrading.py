"""Old shapes of configuration (role_mappings, model_profiles, cloud_providers) in the
form of today, with a report line by line. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, Final

from registry.capabilities import CAPABILITIES
from registry.configuration.section import FORMAT, HEADER
from registry.lined.document import LinedDocument, Path, Problem
from registry.parameters import PARAMETERS
from registry.profiles.strengths import SCALES

OLD: Final = ("role_mappings", "model_profiles", "cloud_providers")
PROFILE: Final = "role-mappings"
LABEL: Final = "Imported"
FIRST_CHOICES: Final = ("model", "preferred", "preferred_model", "preferred_models")
MORE_CHOICES: Final = ("models", "fallbacks", "fallback", "cloud_fallback")
CLOUD: Final = (
    ("claude", "anthropic"),
    ("gpt-", "openai"),
    ("o1", "openai"),
    ("o3", "openai"),
    ("o4", "openai"),
    ("gemini", "google"),
    ("mistral-", "mistral"),
)
LOCAL: Final = "ollama"
WORDS: Final = {
    "text": "text_generation",
    "vision": "image_analysis",
    "image": "image_analysis",
    "images": "image_analysis",
    "tool": "tools",
    "tool_calling": "tools",
    "function_calling": "tools",
    "functions": "tools",
    "json": "structured_output",
    "json_mode": "structured_output",
    "coding": "code",
    "thinking": "reasoning",
    "embeddings": "embedding",
}
CONTEXT: Final = ("min_context", "context", "min_context_tokens", "context_window")
MEMORY: Final = ("memory_gb", "max_memory_gb", "memory")
KEY_NAMES: Final = ("api_key", "key", "token", "secret")
ALIASES: Final = {"max_output_tokens": "max_tokens", "topP": "top_p"}


def is_old_shape(value: Any) -> bool:
    return (
        isinstance(value, Mapping)
        and HEADER not in value
        and any(name in value for name in OLD)
    )


def upgraded(
    read: LinedDocument, in_catalogue: Callable[[str], bool]
) -> tuple[LinedDocument, list[Problem]]:
    """The same said in the form of today, each value with the line of the old one, and
    what became of every line. `in_catalogue` tells whether a model is known there."""
    work = _Upgrade(read, in_catalogue)
    for name, entries in read.value.items():
        if name not in OLD:
            work.tell((name,), f"{name}: not known in an old shape; left out.")
        elif not isinstance(entries, Mapping):
            work.tell((name,), f"{name}: names with a value each were expected.")
        else:
            for key, said in entries.items():
                getattr(work, name)(str(key), said, (name, key))
    return work.result(), sorted(work.notes)


class _Upgrade:
    def __init__(
        self, read: LinedDocument, in_catalogue: Callable[[str], bool]
    ) -> None:
        self.read = read
        self.in_catalogue = in_catalogue
        self.notes: list[Problem] = []
        self.document: dict[str, Any] = {HEADER: FORMAT}
        self.lines: dict[Path, int] = {(): 1, (HEADER,): 1}
        self.served = self._served()

    def result(self) -> LinedDocument:
        return LinedDocument(self.document, self.lines, self.read.problems)

    def tell(self, path: Path, text: str) -> None:
        self.notes.append(Problem(self.read.line_of(path), text))

    def put(self, path: Path, value: Any, old: Path) -> None:
        """Set a value of the new document; its line is that of the old one."""
        holder = self.document
        for depth, name in enumerate(path[:-1], start=1):
            self.lines.setdefault(path[:depth], self.read.line_of(old))
            holder = holder.setdefault(str(name), {})
        holder[str(path[-1])] = value
        self.lines[path] = self.read.line_of(old)

    def reference(self, name: Any, old: Path) -> str:
        """A model's name as provider/model-id."""
        text = str(name).strip()
        slug = text.partition("/")[0]
        if "/" in text and (slug in self.served.values() or self.in_catalogue(text)):
            return text
        if text in self.served:
            return f"{self.served[text]}/{text}"
        if "/" in text:
            return text
        known = (slug for start, slug in CLOUD if text.startswith(start))
        found = f"{next(known, LOCAL)}/{text}"
        self.tell(old, f"{text} is taken to be {found}.")
        return found

    def _served(self) -> dict[str, str]:
        """The provider of each model that cloud_providers lists."""
        providers = self.read.value.get("cloud_providers")
        found: dict[str, str] = {}
        for slug, said in (providers if isinstance(providers, Mapping) else {}).items():
            models = said.get("models") if isinstance(said, Mapping) else None
            names = models if isinstance(models, list | Mapping) else []
            found |= {str(one): str(slug) for one in names}
        return found

    def role_mappings(self, role: str, said: Any, old: Path) -> None:
        if not isinstance(said, Mapping):
            said = {"model": said}
        chain, others = self._chain(said, old)
        feature: Path = ("features", role)
        self.put((*feature, "name"), role, old)
        assignment: dict[str, Any] = {"model": chain[0] if chain else None}
        if chain[1:]:
            assignment["fallbacks"] = chain[1:]
        parameters = self._parameters(others, role, old)
        if parameters and chain:
            assignment["parameters"] = parameters
        if chain:
            self.put((*feature, "assignment"), assignment, old)
            self.tell(
                old, f"role {role} → feature {role}, assigned {', '.join(chain)}."
            )
        else:
            self.tell(old, f"role {role} → feature {role}, without a model.")
        needs = said.get("requirements")
        if isinstance(needs, Mapping):
            for name, value in needs.items():
                self._need(role, str(name), value, (*old, "requirements", name))

    def _chain(
        self, said: Mapping[str, Any], old: Path
    ) -> tuple[list[str], dict[str, Any]]:
        names: list[tuple[Any, Path]] = []
        for field in (*FIRST_CHOICES, *MORE_CHOICES):
            value = said.get(field)
            rows = value if isinstance(value, list) else [value]
            names += [(one, (*old, field)) for one in rows if isinstance(one, str)]
        chain = [self.reference(one, place) for one, place in names]
        taken = {*FIRST_CHOICES, *MORE_CHOICES, "requirements"}
        return list(dict.fromkeys(chain)), {
            str(name): one for name, one in said.items() if name not in taken
        }

    def _parameters(
        self, said: Mapping[str, Any], about: str, old: Path
    ) -> dict[str, Any]:
        inside = said.get("parameters")
        flat = {name: one for name, one in said.items() if name != "parameters"}
        both = {**(inside if isinstance(inside, Mapping) else {}), **flat}
        found = {}
        for name, value in both.items():
            known = ALIASES.get(str(name), str(name))
            if known in PARAMETERS:
                found[known] = value
            else:
                place = (*old, name) if name in said else (*old, "parameters", name)
                self.tell(place, f"{about}: {name} has no place here; left out.")
        return found

    def _need(self, role: str, name: str, value: Any, old: Path) -> None:
        feature: Path = ("features", role)
        number = _number(value)
        base = name.removeprefix("min_").removesuffix("_strength")
        if name in CONTEXT and number is not None:
            self.put((*feature, "min_context_tokens"), int(number), old)
            self.tell(old, f"{role}: {name} → min_context_tokens {int(number):,}.")
        elif name in MEMORY and number is not None:
            self._prefer(role, "max_memory_gb", number, old)
        elif base in SCALES and number is not None and not isinstance(value, bool):
            self._prefer(role, f"{base}_strength", number, old)
        elif self._capability(base.removeprefix("needs_")) and value is True:
            word = self._capability(base.removeprefix("needs_"))
            self._require(role, [word], old)
        elif name == "capabilities" and isinstance(value, list):
            known = [self._capability(str(one)) for one in value]
            for one, word in zip(value, known, strict=True):
                if not word:
                    self.tell(old, f"{role}: the capability {one} is not known here.")
            self._require(role, [word for word in known if word], old)
        elif value is not False:
            self.tell(old, f"{role}: the requirement {name} has no place here.")

    def _require(self, role: str, words: list[str], old: Path) -> None:
        entry = self.document["features"][role]
        held = entry.get("required_capabilities", [])
        path = ("features", role, "required_capabilities")
        self.put(path, list(dict.fromkeys([*held, *words])), old)
        self.tell(old, f"{role}: requires {', '.join(words)}.")

    def _prefer(self, role: str, name: str, value: Any, old: Path) -> None:
        """What a feature cannot require, a profile can."""
        self.put(("profiles", PROFILE, "name"), "Role mappings", old)
        path = ("profiles", PROFILE, "roles", role, "requirements", name)
        self.put(path, value, old)
        self.tell(old, f"{role}: {name} {value} → the profile {PROFILE}.")

    def model_profiles(self, name: str, said: Any, old: Path) -> None:
        reference = self.reference(name, old)
        said = said if isinstance(said, Mapping) else {}
        parameters = self._parameters({"parameters": said.get("parameters")}, name, old)
        self.put(("models", reference, "enabled"), True, old)
        self.tell(old, f"model {name} → {reference}, enabled.")
        if parameters:
            path = ("models", reference, "parameters")
            self.put(path, parameters, (*old, "parameters"))
        is_known = self.in_catalogue(reference)
        if not is_known:
            self.put(("custom_models", reference, "name"), name, old)
            self.tell(old, f"{reference} is not in the catalogue: a custom model.")
        for field, value in said.items():
            if field != "parameters":
                self._fact(reference, str(field), value, (*old, field), is_known)

    def _fact(
        self, reference: str, field: str, value: Any, old: Path, is_known: bool
    ) -> None:
        path: Path = ("custom_models", reference)
        number = _number(value)
        if field == "strengths":
            said = "strengths come from published ratings here; left out."
            self.tell(old, f"{reference}: {said}")
        elif is_known:
            said = f"the catalogue says it; {field} of the file is left out."
            self.tell(old, f"{reference}: {said}")
        elif field in CONTEXT and number is not None:
            self.put((*path, "context_window"), int(number), old)
        elif field in MEMORY and number is not None:
            self.put((*path, "min_memory_gb"), number, old)
        elif field == "capabilities" and isinstance(value, list):
            known = [word for one in value if (word := self._capability(str(one)))]
            self.put((*path, "capabilities"), known, old)
            if len(known) < len(value):
                self.tell(old, f"{reference}: some capabilities are not known here.")
        elif field in {"name", "description", "family"} and isinstance(value, str):
            self.put((*path, field), value, old)
        else:
            self.tell(old, f"{reference}: {field} has no place here; left out.")

    def cloud_providers(self, slug: str, said: Any, old: Path) -> None:
        said = said if isinstance(said, Mapping) else {}
        path: Path = ("connections", f"{slug}/{LABEL}")
        self.put((*path, "enabled"), said.get("enabled", True) is not False, old)
        self.tell(old, f"provider {slug} → connection {slug}/{LABEL}.")
        for field, value in said.items():
            here = (*old, field)
            if field == "base_url" and isinstance(value, str):
                self.put((*path, "base_url"), value, here)
            elif field in {"api_key_env", "key_variable"} and isinstance(value, str):
                self.put((*path, "key_variable"), value, here)
                self.tell(here, f"{slug}: the key is read from ${value}.")
            elif field in KEY_NAMES:
                self.tell(
                    here,
                    f"{slug}: a key stands in this file and is not read. Enter it on "
                    "the page of the connection, and take it out of the file.",
                )
            elif field == "models" and isinstance(value, list | Mapping):
                for one in value:
                    reference = self.reference(f"{slug}/{one}", here)
                    self.put(("models", reference, "enabled"), True, here)
                self.tell(here, f"{slug}: {len(value)} models enabled.")
            elif field != "enabled":
                self.tell(here, f"{slug}: {field} has no place here; left out.")

    def _capability(self, word: str) -> str:
        lowered = word.lower().replace("-", "_").replace(" ", "_")
        known = WORDS.get(lowered, lowered)
        return known if known in CAPABILITIES else ""


def _number(value: Any) -> Any:
    """The number in 0.7, or in ">= 0.7"."""
    if isinstance(value, bool):
        return None
    if isinstance(value, str):
        text = value.strip().lstrip("<>=≥≤ ").replace("_", "").replace(",", "")
        try:
            number = Decimal(text)
        except ArithmeticError:
            return None
        value = int(number) if number == number.to_integral_value() else number
    return value if isinstance(value, int | float | Decimal) else None
