"""Buckets in the Redis or Valkey that carries the broker."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from redis.asyncio import Redis
from redis.exceptions import RedisError

from modelhub.gateway.limits.bucket import Ask, Rate, Taken
from modelhub.gateway.limits.store import StoreUnreachable

TIMEOUT_S: Final = 1.0
KEPT_MS: Final = 10 * 60 * 1000
"""A bucket nobody asked for so long is full again, whatever was reserved."""

# What `bucket` says, run by the server in one piece. Numbers travel as text: Redis
# would cut a fraction off.
OPENING: Final = """
local clock = redis.call('TIME')
local now = tonumber(clock[1]) + tonumber(clock[2]) / 1000000
local function filled(name, per_second, capacity)
  local kept = redis.call('HMGET', KEYS[1], name, name .. '_at')
  if not kept[1] then return capacity end
  local passed = math.max(0, now - tonumber(kept[2]))
  return math.min(capacity, tonumber(kept[1]) + passed * per_second)
end
local function keep(name, amount)
  redis.call('HSET', KEYS[1], name, string.format('%.9f', amount),
    name .. '_at', string.format('%.6f', now))
  redis.call('PEXPIRE', KEYS[1], ARGV[1])
end
"""
TAKE: Final = (
    OPENING
    + """
local max_wait, asks, covered, wait = tonumber(ARGV[2]), {}, true, 0
for at = 3, #ARGV, 6 do
  local ask = {name = ARGV[at], per_second = tonumber(ARGV[at + 1]),
    capacity = tonumber(ARGV[at + 2]), missing = tonumber(ARGV[at + 3]),
    whole = tonumber(ARGV[at + 4]), extra = tonumber(ARGV[at + 5])}
  ask.amount = filled(ask.name, ask.per_second, ask.capacity)
  if ask.missing > 0 and ask.amount < math.min(ask.missing, ask.capacity) then
    covered = false
  end
  local lacking = math.min(ask.whole, ask.capacity) - ask.amount
  ask.wait = math.max(0, lacking / ask.per_second)
  wait = math.max(wait, ask.wait)
  asks[#asks + 1] = ask
end
local answer = {(not covered and wait > max_wait) and '1' or '0'}
for _, ask in ipairs(asks) do
  local extra = 0
  if covered then
    ask.wait = 0
    extra = math.max(0, math.floor(
      math.min(ask.extra, (ask.amount - ask.missing) / 2)))
    keep(ask.name, ask.amount - ask.missing - extra)
  elseif wait <= max_wait then
    local inflow = wait * ask.per_second
    keep(ask.name, math.min(ask.capacity, ask.amount + inflow) - inflow - ask.whole)
  end
  answer[#answer + 1] = string.format('%.6f', ask.wait)
  answer[#answer + 1] = tostring(extra)
end
return answer
"""
)
CREDIT: Final = (
    OPENING
    + """
for at = 2, #ARGV, 4 do
  local capacity = tonumber(ARGV[at + 2])
  local amount = filled(ARGV[at], tonumber(ARGV[at + 1]), capacity)
  keep(ARGV[at], math.min(capacity, amount + tonumber(ARGV[at + 3])))
end
"""
)


class RedisStore:
    """`prefix` keeps several installations on one server apart."""

    def __init__(self, url: str, prefix: str) -> None:
        self._prefix = prefix
        self._client: Redis = Redis.from_url(
            redis_url(url), socket_timeout=TIMEOUT_S, socket_connect_timeout=TIMEOUT_S
        )
        self._take = self._client.register_script(TAKE)
        self._credit = self._client.register_script(CREDIT)

    async def take(
        self, connection_id: int, asks: Sequence[Ask], max_wait_s: float
    ) -> Taken:
        words: list[str | float] = [KEPT_MS, max_wait_s]
        for ask in asks:
            words += _rate_words(ask.rate)
            words += [ask.missing, ask.whole, ask.extra]
        refused, *numbers = await self._run(self._take, connection_id, words)
        waits = tuple(float(one) for one in numbers[::2])
        extras = tuple(float(one) for one in numbers[1::2])
        return Taken(waits, extras, is_refused=int(refused) == 1)

    async def credit(self, connection_id: int, amounts: Mapping[Rate, float]) -> None:
        words: list[str | float] = [KEPT_MS]
        for rate, amount in amounts.items():
            words += [*_rate_words(rate), amount]
        await self._run(self._credit, connection_id, words)

    async def check(self) -> None:
        try:
            await self._client.ping()
        except (RedisError, OSError) as error:
            raise StoreUnreachable(type(error).__name__) from error

    async def close(self) -> None:
        await self._client.aclose()

    # redis-py's scripts answer with Any.
    async def _run(
        self, script: Any, connection_id: int, words: list[str | float]
    ) -> Any:
        try:
            return await script(keys=[f"{self._prefix}:{connection_id}"], args=words)
        except (RedisError, OSError) as error:
            raise StoreUnreachable(type(error).__name__) from error


def redis_url(broker_url: str) -> str:
    """Celery writes a socket as redis+socket://, redis-py as unix://."""
    if not broker_url.startswith("redis+socket://"):
        return broker_url
    path, _, options = broker_url.removeprefix("redis+socket://").partition("?")
    options = options.replace("virtual_host=", "db=")
    return f"unix://{path}?{options}" if options else f"unix://{path}"


def _rate_words(rate: Rate) -> list[str | float]:
    return [rate.resource, rate.per_second, rate.capacity]
