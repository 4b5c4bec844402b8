"""What the first words of a prompt ask to do, and with what: “Please write me some unit
tests” makes tests. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from recommender.routing.code_lines import word_set

WORDS_TO_ACTION: Final = 24
WORDS_TO_OBJECT: Final = 14
"""Further on in a prompt stands what the wish is about, not the wish."""

ACTIONS: Final = {
    "make": word_set(
        "write implement create build generate code program produce make add code "
        "develop need want give set port complete finish provide schreibe schreib "
        "erstelle écris écrire crée escribe crea genera necesito draft prepare "
        "scaffold put extend support"
    ),
    "explain": word_set(
        "explain describe understand walk trace teach mean means meaning happens "
        "difference does tell clarify interpret erkläre erklär bedeutet explique "
        "explica understanding eli confused works work"
    ),
    "review": word_set(
        "review check audit assess examine inspect criticise critique approve nitpick "
        "spot judge rate relis revisa prüfe durchsehen look wrong bug bugs problem "
        "problems issue issues feedback mistakes okay lgtm merge safe secure opinion"
    ),
    "plan": word_set(
        "plan outline break estimate decide propose suggest sketch organise prioritise "
        "schedule steps roadmap approach tackle start begin planen strategy design "
        "milestones list phases"
    ),
    "change": word_set(
        "refactor rename extract simplify clean restructure rewrite convert replace "
        "split remove inline move modernise tidy rework untangle turn change reduce "
        "replace migrate decouple merge deduplicate optimise optimize speed use "
        "shorten vereinfache simplifie refactoriza introduce separate bring rework"
    ),
    "test": word_set(
        "test tests cover verify mock assert reproduce prove fuzz parametrise validate "
        "parametrize ensure"
    ),
    "document": word_set(
        "document annotate summarise summarize comment describe rédige dokumentiere "
        "documenta"
    ),
}
OBJECTS: Final = {
    "code": word_set(
        "function method class script component endpoint query regex module program "
        "cli tool parser button api snippet middleware hook view form command service "
        "workflow dockerfile app page type decorator wrapper code funktion fonction "
        "función library package algorithm server client job"
    ),
    "tests": word_set(
        "test tests unittest pytest jest coverage fixture fixtures mock mocks case "
        "cases assertion harness fuzzer suite pruebas regression edge spec specs"
    ),
    "texts": word_set(
        "documentation docs docstring docstrings readme changelog comment comments "
        "jsdoc guide manual tutorial reference runbook wiki handbook specification "
        "release openapi adr faq glossary anleitung javadoc notes message postmortem"
    ),
    "plans": word_set(
        "plan roadmap steps milestones tasks phases backlog checklist timeline "
        "architecture strategy sprint schedule stories subtasks estimate migration "
        "order approach project design"
    ),
    "changes": word_set("diff pull request pr patch commit change changes merge mr"),
    "looks": word_set(
        "variable duplication duplicated constants imports nested conditionals loop "
        "behaviour behavior interface callback callbacks inheritance names naming "
        "global globals boolean switch"
    ),
    "world": word_set(
        "photo image picture poem letter e-mail email recipe story meeting customer "
        "invoice article translate film cat weather movie song names review table "
        "text paragraph sentence doctor train houses water"
    ),
}


def intent_of(words: Sequence[str]) -> Iterator[str]:
    """Terms for the first action, for the first object that follows it, and both."""
    action, at = _first(words[:WORDS_TO_ACTION], ACTIONS)
    thing, _ = _first(words[at : at + WORDS_TO_OBJECT], OBJECTS)
    if action:
        yield f"<does {action}>"
    if thing:
        yield f"<with {thing}>"
    yield f"<{action or 'nothing'} {thing or 'nothing'}>"


def _first(
    words: Sequence[str], groups: Mapping[str, frozenset[str]]
) -> tuple[str, int]:
    """The group of the first word that is in one, and where it stands."""
    for at, word in enumerate(words):
        for name, members in groups.items():
            if word in members:
                return name, at + 1
    return "", 0
