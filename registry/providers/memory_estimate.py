"""How much memory it takes to run a model on this machine or network. Pure.

    memory = weights + cache + overhead

- weights: the size on disk, which is what is loaded; unknown, the parameters times
  their bits / 8.
- cache: keys and values of every layer for the whole context,
  layers × key-value heads × (key length + value length) × 2 bytes × context tokens.
  Two bytes is the default (f16); a server that quantises its cache needs half or less.
  Layers with a sliding window need less than this. Where the shape is not known, the
  cache is taken as 1/40 of the weights for each 1,024 tokens: a model of 8 billion
  parameters with grouped heads needs 1/37 at 4 bits and 1/119 at 16.
- overhead: a tenth of the weights for compute buffers, and half a gigabyte for the
  runtime.

An estimate for one request at a time, all of it in one memory. GB are 10^9 bytes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

GB: Final = 10**9
CONTEXT_TOKENS: Final = 8192
"""The context that an estimate is for, unless the model's own is smaller."""
CACHE_BYTES: Final = 2
UNKNOWN_SHAPE_SHARE: Final = 1 / 40
SHARE_TOKENS: Final = 1024
BUFFER_SHARE: Final = 0.1
RUNTIME_BYTES: Final = GB // 2


@dataclass(frozen=True, slots=True)
class CacheShape:
    """What decides the size of the cache. `key_value_heads` are those of all layers
    together; lengths are per head."""

    key_value_heads: int
    key_length: int
    value_length: int

    def bytes_at(self, context_tokens: int) -> int:
        width = self.key_length + self.value_length
        return self.key_value_heads * width * CACHE_BYTES * context_tokens


@dataclass(frozen=True, slots=True)
class MemoryEstimate:
    """Parts in bytes, at `context_tokens`."""

    weight_bytes: int
    cache_bytes: int
    overhead_bytes: int
    context_tokens: int

    @property
    def gb(self) -> float:
        total = self.weight_bytes + self.cache_bytes + self.overhead_bytes
        return round(total / GB, 1)


def estimate_memory(
    *,
    size_bytes: int | None = None,
    parameter_count: int | None = None,
    bits: float | None = None,
    shape: CacheShape | None = None,
    context_window: int | None = None,
) -> MemoryEstimate | None:
    """None where neither the size nor the parameters with their bits are known."""
    weight_bytes = size_bytes or int((parameter_count or 0) * (bits or 0) / 8)
    if weight_bytes <= 0:
        return None
    context_tokens = min(context_window or CONTEXT_TOKENS, CONTEXT_TOKENS)
    if shape is not None:
        cache_bytes = shape.bytes_at(context_tokens)
    else:
        shares = context_tokens / SHARE_TOKENS
        cache_bytes = int(weight_bytes * UNKNOWN_SHAPE_SHARE * shares)
    return MemoryEstimate(
        weight_bytes=weight_bytes,
        cache_bytes=cache_bytes,
        overhead_bytes=int(weight_bytes * BUFFER_SHARE) + RUNTIME_BYTES,
        context_tokens=context_tokens,
    )
