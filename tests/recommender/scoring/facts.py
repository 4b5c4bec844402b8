"""Facts and hypothesis strategies for the scoring tests."""

from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from analytics.wilson import wilson
from recommender.scoring.evidence import Kind, Measured
from recommender.scoring.facts import CandidateFacts, Yardsticks
from recommender.scoring.weights import Weights
from recommender.use_cases import Fit

AGAINST = Yardsticks(reference_usd=Decimal(100), latency_target_ms=2_000)


def known_facts(**changed: Any) -> CandidateFacts:
    """A candidate of which everything is known."""
    facts: dict[str, Any] = {
        "reference": "openai/model",
        "suitability": Fit(Decimal(80), Decimal(70), Decimal(90), ()),
        "rating": 1400.0,
        "measured": (Measured(Kind.BENCHMARK, 0.8, 50),),
        "latency_p95_ms": 1_000.0,
        "latency_low_ms": 900.0,
        "latency_high_ms": 1_150.0,
        "latency_calls": 400,
        "success": wilson(990, 1_000),
        "monthly_usd": Decimal(50),
        "is_exact": True,
    }
    return CandidateFacts(**facts | changed)


amounts = st.floats(0, 1e6)
weights = st.builds(
    Weights,
    suitability=st.floats(0.1, 10),
    quality=st.floats(0, 10),
    latency=st.floats(0, 10),
    reliability=st.floats(0, 10),
    cost=st.floats(0, 10),
)
measured = st.builds(
    Measured,
    kind=st.sampled_from(Kind),
    mean=st.floats(0, 1) | st.just(float("nan")),
    count=st.integers(0, 10_000),
)


@st.composite
def fits(draw: st.DrawFn) -> Fit:
    low, middle, high = sorted(draw(st.tuples(*[st.integers(0, 100)] * 3)))
    return Fit(Decimal(middle), Decimal(low), Decimal(high), ())


@st.composite
def rates(draw: st.DrawFn) -> object:
    trials = draw(st.integers(1, 10_000))
    return wilson(draw(st.integers(0, trials)), trials)


candidates = st.builds(
    CandidateFacts,
    reference=st.just("openai/model"),
    suitability=st.none() | fits(),
    rating=st.none() | st.floats(800, 1800) | st.just(float("nan")),
    measured=st.lists(measured, max_size=4).map(tuple),
    latency_p95_ms=st.none() | amounts | st.just(float("nan")),
    latency_low_ms=st.none() | amounts,
    latency_high_ms=st.none() | amounts,
    latency_calls=st.integers(0, 10_000),
    success=st.none() | rates(),
    monthly_usd=st.none()
    | st.decimals(0, 1_000_000, places=2)
    | st.just(Decimal("NaN")),
    is_exact=st.booleans(),
)
