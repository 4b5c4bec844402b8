"""An answer that does not follow its schema: the same candidate is told what is wrong,
a bounded number of times; then it has failed and the next one is asked."""

from __future__ import annotations

from typing import ClassVar

from modelhub.gateway.pieces import Ways
from registry.providers.errors import ModelCallError
from registry.usage import Usage


class SchemaMismatchError(ModelCallError):
    """`last_output` is what the model wrote, `problem` what is wrong with it, and
    `repaired` the request that asks it to mend that. It says nothing about the health
    of a provider."""

    kind: ClassVar[str] = "schema_mismatch"
    tries_next: ClassVar[bool] = True

    def __init__(
        self,
        problem: str,
        *,
        last_output: str,
        repaired: Ways,
        usage: Usage | None = None,
        provider: str = "",
        provider_request_id: str = "",
    ) -> None:
        super().__init__(
            f"The answer does not follow its schema: {problem}",
            provider=provider,
            code="schema_mismatch",
            usage=usage,
            provider_request_id=provider_request_id,
        )
        self.problem = problem
        self.last_output = last_output
        self.repaired = repaired
