"""The cost of several attempts together."""

from collections.abc import Sequence
from typing import Final

from registry.cost import ZERO, Cost, CostState

ORDER: Final = (CostState.REPORTED, CostState.COMPUTED, CostState.ESTIMATED)


def total_cost(costs: Sequence[Cost]) -> Cost:
    """The sum, known as well as its least known part. A part without a price is not
    in it, and the sum says so. Without any price there is no sum, nor where all that is
    known is that other attempts cost nothing: unknown is not zero."""
    if len(costs) == 1:
        return costs[0]
    priced = [one for one in costs if one.total_usd is not None]
    notes = tuple(dict.fromkeys(note for one in costs for note in one.notes))
    total = sum((one.total_usd or ZERO for one in priced), ZERO)
    if not priced or (len(priced) < len(costs) and not total):
        return Cost(CostState.UNPRICED, None, notes=notes)
    state = max((one.state for one in priced), key=ORDER.index)
    if len(priced) < len(costs):
        state = CostState.ESTIMATED
        notes = (*notes, "An attempt without a known price is not in the sum.")
    lines = tuple(line for one in priced for line in one.lines)
    missing = tuple(dict.fromkeys(name for one in costs for name in one.missing))
    return Cost(state, total, lines, notes, missing)
