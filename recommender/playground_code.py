"""A request as code that somebody can run: never with a key in it. Pure."""

from __future__ import annotations

import json
import pprint
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from recommender.playground_request import Attached
from registry.providers.request import ModelRequest

LONGEST_LINE: Final = 76
PLAIN: Final = (
    "temperature",
    "top_p",
    "frequency_penalty",
    "presence_penalty",
    "max_tokens",
    "seed",
    "reasoning_effort",
)
IN_HOUSE: Final = "generate"
SDK: Final = "OpenAI SDK"


@dataclass(frozen=True)
class Code:
    """`name` of a tab, and its text."""

    name: str
    text: str


def code_of(
    request: ModelRequest, reference: str, base_url: str, attached: Sequence[Attached]
) -> tuple[Code, ...]:
    """curl, Python with OpenAI's SDK, and Python inside ModelHub. Pictures are read
    from files beside it; the token comes from the environment."""
    names = [f"image-{place}{_ending(one)}" for place, one in enumerate(attached, 1)]
    body = _body(request, reference)
    return (
        Code("curl", _curl(body, base_url, names, attached)),
        Code(SDK, _openai(body, base_url, names, attached)),
        Code("ModelHub", _modelhub(request, reference, names, attached)),
    )


def _body(request: ModelRequest, reference: str) -> dict[str, Any]:
    said = [{"role": str(one.role), "content": one.text} for one in request.turns()]
    if request.system_text:
        said.insert(0, {"role": "system", "content": request.system_text})
    body: dict[str, Any] = {
        "model": reference,
        "messages": said,
        **_parameters(request),
    }
    if request.response_schema is not None:
        schema = {"name": "answer", "schema": dict(request.response_schema)}
        body["response_format"] = {"type": "json_schema", "json_schema": schema}
    return body


def _parameters(request: ModelRequest) -> dict[str, Any]:
    found = {name: getattr(request, name) for name in PLAIN}
    found["stop"] = list(request.stop) or None
    return {name: value for name, value in found.items() if value is not None}


def _curl(
    body: dict[str, Any],
    base_url: str,
    names: Sequence[str],
    attached: Sequence[Attached],
) -> str:
    marks = [f"@@{name}@@" for name in names]
    addresses = [
        f"data:{one.media_type};base64,{mark}"
        for one, mark in zip(attached, marks, strict=True)
    ]
    quoted = shlex.quote(json.dumps(_pictured(body, addresses), indent=2))
    for name, mark in zip(names, marks, strict=True):
        # Out of the single quotes for a moment: the shell puts the picture in.
        packed = f"'\"$(base64 < {name} | tr -d '\\n')\"'"
        quoted = quoted.replace(mark, packed)
    return (
        f"curl {shlex.quote(base_url + '/chat/completions')} \\\n"
        '  -H "Authorization: Bearer $MODELHUB_TOKEN" \\\n'
        '  -H "Content-Type: application/json" \\\n'
        f"  -d @- <<< {quoted}\n"
        if names
        else f"curl {shlex.quote(base_url + '/chat/completions')} \\\n"
        '  -H "Authorization: Bearer $MODELHUB_TOKEN" \\\n'
        '  -H "Content-Type: application/json" \\\n'
        f"  -d {quoted}\n"
    )


def _openai(
    body: dict[str, Any],
    base_url: str,
    names: Sequence[str],
    attached: Sequence[Attached],
) -> str:
    lines = ["import base64"] if names else []
    lines += ["import os", ""]
    lines += ["from openai import OpenAI", ""]
    lines += [
        "client = OpenAI(",
        f"    base_url={base_url!r},",
        '    api_key=os.environ["MODELHUB_TOKEN"],',
        ")",
        *_picture_lines(names, attached),
        "answer = client.chat.completions.create(",
    ]
    kept = _pictured(body, [f"@@{place}@@" for place in range(len(names))])
    for name, value in kept.items():
        shown = pprint.pformat(value, width=LONGEST_LINE, sort_dicts=False)
        for place in range(len(names)):
            shown = shown.replace(f"'@@{place}@@'", f"pictures[{place}]")
        lines.append(_indented(f"{name}={shown},"))
    return "\n".join([*lines, ")", "print(answer.choices[0].message.content)", ""])


def _modelhub(
    request: ModelRequest,
    reference: str,
    names: Sequence[str],
    attached: Sequence[Attached],
) -> str:
    turns = [(str(one.role), one.text) for one in request.turns()]
    lines = ["import asyncio", *(["import base64"] if names else []), ""]
    used = ["ModelRequest", "generate"]
    lines += [f"from modelhub.gateway import {', '.join(used)}"]
    parts = ["Image"] * bool(names) + ["Message"] * (len(turns) > 1)
    if parts:
        lines.append(f"from registry.providers.messages import {', '.join(parts)}")
    lines += ["", "request = ModelRequest("]
    if len(turns) == 1:
        lines.append(f"    prompt={turns[0][1]!r},")
    else:
        said = "".join(f"\n        Message.of({r!r}, {t!r})," for r, t in turns)
        lines.append(f"    messages=({said}\n    ),")
    if request.system_text:
        lines.append(f"    system={request.system_text!r},")
    if names:
        lines.append("    images=(")
        for name, one in zip(names, attached, strict=True):
            read = f'base64.b64encode(open({name!r}, "rb").read()).decode()'
            lines.append(f"        Image(data={read}, media_type={one.media_type!r}),")
        lines.append("    ),")
    given = _parameters(request)
    if request.response_schema is not None:
        given["response_schema"] = dict(request.response_schema)
    for name, value in given.items():
        value = tuple(value) if name == "stop" else value
        shown = pprint.pformat(value, width=LONGEST_LINE, sort_dicts=False)
        lines.append(_indented(f"{name}={shown},"))
    lines += [")", f"response = asyncio.run(generate(request, {reference!r}))"]
    return "\n".join([*lines, "print(response.content, response.cost)", ""])


def _picture_lines(names: Sequence[str], attached: Sequence[Attached]) -> list[str]:
    if not names:
        return []
    rows = [
        f"    ({name!r}, {one.media_type!r}),"
        for name, one in zip(names, attached, strict=True)
    ]
    return [
        "pictures = [",
        '    f"data:{kind};base64,"',
        '    + base64.b64encode(open(name, "rb").read()).decode()',
        "    for name, kind in (",
        *(f"    {row}" for row in rows),
        "    )",
        "]",
    ]


def _pictured(body: dict[str, Any], addresses: Sequence[str]) -> dict[str, Any]:
    """The pictures in the last message, each by its address."""
    if not addresses:
        return body
    *earlier, last = body["messages"]
    parts = [{"type": "text", "text": last["content"]}] if last["content"] else []
    parts += [{"type": "image_url", "image_url": {"url": one}} for one in addresses]
    return {**body, "messages": [*earlier, {**last, "content": parts}]}


def _indented(text: str) -> str:
    """Only the first line of a text in quotes may move: pformat breaks none."""
    return "\n".join(f"    {line}" for line in text.splitlines())


def _ending(one: Attached) -> str:
    return "." + one.media_type.removeprefix("image/").replace("jpeg", "jpg")
