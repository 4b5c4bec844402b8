"""Gemini's answers, whole and in pieces, and its list of models. Pure."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from registry.capabilities import LONG_CONTEXT_TOKENS
from registry.providers.adapter import OfferedModel
from registry.providers.errors import ContentFilterError, ModelCallError
from registry.providers.json_values import Object, as_count, as_object, as_text, objects
from registry.providers.messages import ToolCall
from registry.providers.response import (
    FinishReason,
    ModelResponse,
    StreamChunk,
    ToolCallPiece,
)
from registry.providers.usage_counts import (
    normalised_usage,
    sum_of_counts,
    whole_count,
)
from registry.usage import Usage

FINISH_REASONS: Final = {
    "STOP": FinishReason.STOP,
    "MAX_TOKENS": FinishReason.LENGTH,
    "SAFETY": FinishReason.CONTENT_FILTER,
    "RECITATION": FinishReason.CONTENT_FILTER,
    "BLOCKLIST": FinishReason.CONTENT_FILTER,
    "PROHIBITED_CONTENT": FinishReason.CONTENT_FILTER,
    "SPII": FinishReason.CONTENT_FILTER,
    "MODEL_ARMOR": FinishReason.CONTENT_FILTER,
    "IMAGE_SAFETY": FinishReason.CONTENT_FILTER,
    "IMAGE_PROHIBITED_CONTENT": FinishReason.CONTENT_FILTER,
    "IMAGE_RECITATION": FinishReason.CONTENT_FILTER,
}
UNSPECIFIED: Final = ("", "FINISH_REASON_UNSPECIFIED", "BLOCK_REASON_UNSPECIFIED")
MODALITIES: Final = ("image", "audio", "video")
PLAIN_GEMINI: Final = re.compile(
    r"gemini-(?!.*(?:image|tts|live|audio|embedding|robotics|computer))"
)
GEMINI_INPUT: Final = ("text", "image", "audio", "video", "pdf")
GEMINI_CAPABILITIES: Final = frozenset(
    {
        "text_generation",
        "streaming",
        "tools",
        "structured_output",
        "image_analysis",
        "audio",
        "video_analysis",
        "document_analysis",
    }
)
"""Of every Gemini for text since 1.5, by its documentation."""


@dataclass(frozen=True, slots=True)
class Said:
    """What one document says; a stream has many, a whole answer is one."""

    text: str = ""
    reasoning: str = ""
    tool_calls: tuple[ToolCall, ...] = ()
    finish_reason: FinishReason | None = None


def said_in(document: Object) -> Said:
    """Of the first candidate; there is never asked for more than one."""
    candidates = objects(document.get("candidates"))
    candidate = candidates[0] if candidates else {}
    parts = objects(as_object(candidate.get("content")).get("parts"))
    spoken = [part for part in parts if isinstance(part.get("text"), str)]
    word = as_text(candidate.get("finishReason"))
    return Said(
        text="".join(part["text"] for part in spoken if not part.get("thought")),
        reasoning="".join(part["text"] for part in spoken if part.get("thought")),
        tool_calls=tuple(
            _tool_call(as_object(part["functionCall"]))
            for part in parts
            if "functionCall" in part
        ),
        finish_reason=None
        if word in UNSPECIFIED
        else FINISH_REASONS.get(word, FinishReason.OTHER),
    )


def _tool_call(call: Object) -> ToolCall:
    """Older models give their calls no id; ours must differ between turns."""
    arguments = json.dumps(as_object(call.get("args")), ensure_ascii=False)
    name = as_text(call.get("name"))
    return ToolCall(
        as_text(call.get("id")) or f"call_{uuid.uuid4().hex}", name, arguments
    )


def content_response(document: Object) -> ModelResponse:
    """A whole answer. Raises ContentFilterError where the prompt was refused."""
    said = said_in(document)
    usage, notes = usage_of(as_object(document.get("usageMetadata")))
    if (reason := block_reason(document)) and not objects(document.get("candidates")):
        raise refused_prompt(reason, usage)
    finish = said.finish_reason or FinishReason.OTHER
    if said.tool_calls and finish == FinishReason.STOP:
        finish = FinishReason.TOOL_CALLS
    return ModelResponse(
        content=said.text,
        tool_calls=said.tool_calls,
        reasoning=said.reasoning,
        model_name=as_text(document.get("modelVersion")),
        usage=usage,
        finish_reason=finish,
        provider_request_id=as_text(document.get("responseId")),
        trace=notes,
    )


def block_reason(document: Object) -> str:
    reason = as_text(as_object(document.get("promptFeedback")).get("blockReason"))
    return "" if reason in UNSPECIFIED else reason


def refused_prompt(reason: str, usage: Usage | None) -> ContentFilterError:
    return ContentFilterError(
        f"Google refused the prompt: {reason[:100]}.",
        status_code=200,
        code="content_filter",
        usage=usage,
    )


def usage_of(reported: Object) -> tuple[Usage | None, tuple[str, ...]]:
    """Gemini counts thoughts apart from the answer and its own tools' input apart
    from the prompt; ours are the sums. Cached tokens are within the prompt."""
    thoughts = reported.get("thoughtsTokenCount")
    read = _by_modality(reported.get("cacheTokensDetails"))
    given = _by_modality(
        reported.get("promptTokensDetails"), reported.get("toolUsePromptTokensDetails")
    )
    made = _by_modality(
        reported.get("candidatesTokensDetails") or reported.get("responseTokensDetails")
    )
    counts: dict[str, object] = {
        "input_tokens": sum_of_counts(
            reported.get("promptTokenCount"), reported.get("toolUsePromptTokenCount")
        ),
        "output_tokens": sum_of_counts(reported.get("candidatesTokenCount"), thoughts),
        "cache_read_tokens": reported.get("cachedContentTokenCount"),
        "reasoning_tokens": thoughts,
        "cache_audio_read_tokens": read.get("audio"),
        "cache_image_read_tokens": read.get("image"),
    }
    counts |= {f"input_{word}_tokens": given.get(word) for word in MODALITIES}
    counts |= {f"output_{word}_tokens": made.get(word) for word in MODALITIES}
    return normalised_usage(counts)


def _by_modality(*details: object) -> dict[str, int]:
    totals: dict[str, int] = {}
    for row in _rows(details):
        word = as_text(row.get("modality")).lower()
        totals[word] = totals.get(word, 0) + (whole_count(row.get("tokenCount")) or 0)
    return totals


def _rows(details: Iterable[object]) -> Iterable[Object]:
    return (row for one in details for row in objects(one))


class ContentStream:
    """Reads the documents of a streamed answer (`stream_reading.StreamReader`). The
    stream has no closing event: it ends."""

    def __init__(self, fail: Callable[[Object], ModelCallError]) -> None:
        self.finish_reason: FinishReason | None = None
        self.is_closed = False
        self._fail = fail
        self._reported: Object = {}
        self._tool_calls = 0
        self._model_name = ""
        self._request_id = ""

    def read(self, document: Object) -> StreamChunk | None:
        if "error" in document:
            raise self._fail(document)
        self._reported |= as_object(document.get("usageMetadata"))
        reason = block_reason(document)
        if reason and not objects(document.get("candidates")):
            raise refused_prompt(reason, self.usage()[0])
        said = said_in(document)
        chunk = StreamChunk(
            text=said.text,
            reasoning=said.reasoning,
            tool_calls=self._pieces(said.tool_calls),
            finish_reason=self._finish(said.finish_reason),
            model_name=self._new_name(as_text(document.get("modelVersion"))),
            provider_request_id=self._new_id(as_text(document.get("responseId"))),
        )
        is_news = chunk.has_content or chunk.finish_reason or chunk.model_name
        return chunk if is_news else None

    def usage(self) -> tuple[Usage | None, tuple[str, ...]]:
        return usage_of(self._reported)

    def _pieces(self, calls: tuple[ToolCall, ...]) -> tuple[ToolCallPiece, ...]:
        first = self._tool_calls
        self._tool_calls += len(calls)
        return tuple(
            ToolCallPiece(number, call.id, call.name, call.arguments)
            for number, call in enumerate(calls, first)
        )

    def _finish(self, reason: FinishReason | None) -> FinishReason | None:
        """The reason, once."""
        if reason is None or self.finish_reason is not None:
            return None
        is_call = self._tool_calls and reason == FinishReason.STOP
        self.finish_reason = FinishReason.TOOL_CALLS if is_call else reason
        return self.finish_reason

    def _new_id(self, request_id: str) -> str:
        if request_id == self._request_id:
            return ""
        self._request_id = request_id
        return request_id

    def _new_name(self, name: str) -> str:
        if name == self._model_name:
            return ""
        self._model_name = name
        return name


def offered_model(row: Object) -> OfferedModel:
    """A row of `GET /models`."""
    name = as_text(row.get("name")).removeprefix("models/")
    methods = row.get("supportedGenerationMethods")
    methods = methods if isinstance(methods, list) else []
    window = as_count(row.get("inputTokenLimit"))
    is_gemini = "generateContent" in methods and PLAIN_GEMINI.match(name) is not None
    return OfferedModel(
        model_name=name,
        name=as_text(row.get("displayName")),
        context_window=window,
        max_output_tokens=as_count(row.get("outputTokenLimit")),
        capabilities=_capabilities(row, methods, is_gemini=is_gemini),
        input_modalities=GEMINI_INPUT if is_gemini else (),
        output_modalities=("text",) if is_gemini else (),
        owner="google",
    )


def _capabilities(
    row: Object, methods: list[object], *, is_gemini: bool
) -> frozenset[str] | None:
    """The list says little. What every Gemini for text can do is added; of another
    model that generates too little would be known to be of use."""
    if "embedContent" in methods:
        return frozenset({"embedding"})
    if not is_gemini:
        return None
    words = set(GEMINI_CAPABILITIES)
    if "batchGenerateContent" in methods:
        words.add("batch")
    if "createCachedContent" in methods:
        words.add("caching")
    if row.get("thinking") is True:
        words.add("reasoning")
    if (as_count(row.get("inputTokenLimit")) or 0) >= LONG_CONTEXT_TOKENS:
        words.add("long_context")
    return frozenset(words)
