"""A provider that takes 50 ms: `python -m modelhub.bench.slow_upstream PORT`."""

from __future__ import annotations

import asyncio
import sys
from typing import Final

from modelhub.bench.upstream import Provider, closing, whole_answer

DELAY_S: Final = 0.05
WORD: Final = (
    b'data: {"id":"1","object":"chat.completion.chunk","created":1,"model":"bench",'
    b'"choices":[{"index":0,"delta":{"content":"word"},"finish_reason":null}]}\n\n'
)


class SlowProvider(Provider):
    """Says one word and all that ends a stream, late."""

    def _say(self, left: int) -> None:
        event = b"%x\r\n%b\r\n" % (len(WORD), WORD)
        asyncio.get_running_loop().call_later(
            DELAY_S, self._write, event + self._ending
        )


async def serve(port: int) -> None:
    answer, ending = whole_answer(), closing()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SlowProvider(answer, ending), "127.0.0.1", port
    )
    await server.serve_forever()


if __name__ == "__main__":
    import uvloop

    uvloop.run(serve(int(sys.argv[1])))
