"""Small problems, and every mix of them tried one by one."""

from itertools import product

from hypothesis import strategies as st

from recommender.mix.problem import FeatureNeed, Goal, Limits, Option, Problem

NAMES = [(f"{provider}/m{n}", provider) for provider in "abc" for n in range(2)]


def option(reference: str, cost: float, quality: float | None = 50, **more) -> Option:
    provider = reference.split("/")[0]
    made = {"reference": reference, "provider": provider, "cost_usd": cost}
    return Option(**made, quality=quality, **more)


def need(key: str, *options: Option, **more) -> FeatureNeed:
    return FeatureNeed(key=key, options=options, **more)


@st.composite
def needs(draw, key: str) -> FeatureNeed:
    names = draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=5, unique=True))
    current = draw(st.integers(0, len(names)))
    options = [
        option(
            reference,
            draw(st.integers(0, 40)) / 4,
            draw(st.one_of(st.none(), st.integers(0, 20).map(lambda n: 5.0 * n))),
            latency_ms=draw(st.sampled_from([None, 100.0, 900.0])),
            is_current=at == current,
        )
        for at, (reference, _) in enumerate(names)
    ]
    return need(
        key,
        *options,
        quality_floor=draw(st.sampled_from([None, None, 40.0])),
        latency_ceiling_ms=draw(st.sampled_from([None, None, 500.0])),
        importance=draw(st.integers(0, 3)),
    )


@st.composite
def problems(draw) -> Problem:
    few = st.one_of(st.none(), st.integers(1, 3))
    limits = Limits(
        budget_usd=draw(st.one_of(st.none(), st.integers(0, 30))),
        max_changes=draw(st.one_of(st.none(), st.integers(0, 3))),
        max_providers=draw(few),
        provider_usd=draw(st.dictionaries(st.sampled_from("abc"), st.integers(0, 9))),
        least_saving_usd=draw(st.sampled_from([0.0, 1.0])),
    )
    count = draw(st.integers(1, 4))
    asked = tuple(draw(needs(f"f{n}")) for n in range(count))
    return Problem(needs=asked, limits=limits, goal=draw(st.sampled_from(list(Goal))))


def is_within(limits: Limits, mix: tuple[Option, ...]) -> bool:
    for provider, usd in limits.provider_usd.items():
        of_it = [one for one in mix if one.provider == provider]
        if sum(one.cost_usd for one in of_it) > usd or (of_it and not usd):
            return False
    counts = [
        (limits.budget_usd, sum(one.cost_usd for one in mix)),
        (limits.max_changes, sum(not one.is_current for one in mix)),
        (limits.max_providers, len({one.provider for one in mix})),
    ]
    return all(most is None or found <= most for most, found in counts)


def value(problem: Problem, mix: tuple[Option, ...]) -> float:
    """What the goal makes least."""
    if problem.goal is Goal.CHEAPEST:
        trouble = problem.limits.least_saving_usd
        return sum(one.cost_usd + trouble * (not one.is_current) for one in mix)
    pairs = zip(problem.needs, mix, strict=True)
    return -sum(asked.importance * (one.quality or 0) for asked, one in pairs)


def best_by_trying(problem: Problem) -> float | None:
    """The least value of any mix; None where there is none."""
    mixes = product(*(one.allowed for one in problem.needs))
    return min(
        (value(problem, mix) for mix in mixes if is_within(problem.limits, mix)),
        default=None,
    )
