"""A model that does what probes ask for, or one thing less. It cannot see: what an
image says it is told beforehand (`reads`)."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field

from tests.upstream import openai_wire
from tests.upstream.replies import Reply
from tests.upstream.server import Received


@dataclass
class CapableModel:
    """`cannot` names what it fails at. `window_tokens` is what it remembers of a long
    text: the needle is lost beyond."""

    cannot: set[str] = field(default_factory=set)
    reads: list[str] = field(default_factory=list)
    window_tokens: int = 10**9
    asked: int = 0

    def __call__(self, received: Received) -> Reply:
        if received.path.endswith("/models"):
            return openai_wire.models("model-1")
        self.asked += 1
        body = received.json
        model = body["model"]
        if body.get("tools"):
            return self._tools(text_of(body), model)
        text = self._text(body)
        for stop in body.get("stop") or ():
            if "stop_sequences" not in self.cannot:
                text = text.split(stop)[0]
        if body.get("stream"):
            words = text.split(" ") if "streaming" not in self.cannot else [text]
            pieces = [words[0], *(f" {word}" for word in words[1:])]
            return openai_wire.stream(*pieces, model=model).but(pause_s=0.001)
        return openai_wire.completion(text, model=model)

    def _tools(self, text: str, model: str) -> Reply:
        if "tools" in self.cannot:
            return openai_wire.completion("I would rather talk.", model=model)
        number = int(re.search(r"\d", text).group())
        city = re.search(r" in ([A-Z]\w+)", text).group(1)
        if text.startswith("Book"):
            name, arguments = "book_table", {"city": city, "guests": number}
        else:
            name, arguments = "get_weather", {"city": city, "days": number}
        call = openai_wire.tool_call(name, json.dumps(arguments))
        return openai_wire.tool_completion(call, model=model)

    def _text(self, body: dict) -> str:
        text = text_of(body)
        system = [one for one in body["messages"] if one["role"] != "user"]
        if system and "system_prompt" not in self.cannot:
            return system[0]["content"].rsplit(": ", 1)[-1]
        if "blue door" in text:
            return self._needle(text)
        if "image shows" in text:
            return self.reads.pop(0) if self.reads else "I see a cat."
        kind = (body.get("response_format") or {}).get("type", "")
        if kind == "json_schema":
            is_able = "structured_output" not in self.cannot
            answer = {"colour": "red" if is_able else "pink", "count": 2, "tags": []}
            return json.dumps(answer)
        if kind == "json_object":
            return '{"thing": "cups"}' if "json_mode" not in self.cannot else "Cups!"
        if "numbers from 1" in text:
            return "1 2 3 4 5 6 7 8 9"
        if "determinism" in self.cannot:
            return f"The sea at time {self.asked} is as grey and wide as ever before."
        return "One, two, three, four, five, six, seven, eight, nine, ten, eleven."

    def _needle(self, text: str) -> str:
        if len(text) // 4 > self.window_tokens:
            return "There is no such door."
        return re.search(r"blue door is (\d+)", text).group(1)


def text_of(body: dict) -> str:
    """What the last turn says, images aside."""
    content = body["messages"][-1]["content"]
    if isinstance(content, str):
        return content
    return "".join(part.get("text", "") for part in content)
