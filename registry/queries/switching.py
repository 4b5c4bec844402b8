"""What switching a feature to another model would change, before anybody does it."""

from dataclasses import dataclass
from decimal import Decimal

from registry.capabilities import CAPABILITIES
from registry.models import AIModel
from registry.queries.candidates import Candidate, Option
from registry.queries.features import FeatureRow


@dataclass(frozen=True)
class PriceStep:
    """A price per million tokens before and after; None is unknown."""

    label: str
    before: Decimal | None
    after: Decimal | None

    @property
    def tone(self) -> str:
        """success where it gets cheaper, danger where it gets dearer."""
        if self.before is None or self.after is None or self.before == self.after:
            return ""
        return "success" if self.after < self.before else "danger"


@dataclass(frozen=True)
class Consequence:
    """One model against another, as a feature sees it."""

    before: Candidate | None
    after: Candidate
    prices: list[PriceStep]
    gained: list[str]
    lost: list[str]


@dataclass(frozen=True)
class SwitchPlan:
    """A switch of the model alone: parameters stay, and of the fallbacks those that
    may."""

    row: FeatureRow
    option: Option
    consequence: Consequence
    kept: list[AIModel]
    dropped: list[Option]

    @property
    def target_warnings(self) -> list[str]:
        return [reason.text for reason in self.option.verdict.warnings]


def plan_switch(row: FeatureRow, option: Option) -> SwitchPlan:
    """`option` as the row's model. A fallback that is the new model or is not allowed
    any more is dropped; the plan names it."""
    stays = [
        step
        for step in row.fallbacks
        if step.verdict.is_met and step.ai_model != option.ai_model
    ]
    return SwitchPlan(
        row=row,
        option=option,
        consequence=consequence_of(
            row.current.candidate if row.current else None, option.candidate
        ),
        kept=[step.ai_model for step in stays],
        dropped=[step for step in row.fallbacks if step not in stays],
    )


def consequence_of(before: Candidate | None, after: Candidate) -> Consequence:
    """What changes in price, window and capabilities. No query."""
    had = before.facts.capabilities if before else frozenset()
    has = after.facts.capabilities
    return Consequence(
        before=before,
        after=after,
        prices=[
            PriceStep(
                "Input",
                before.input_usd_per_million if before else None,
                after.input_usd_per_million,
            ),
            PriceStep(
                "Output",
                before.output_usd_per_million if before else None,
                after.output_usd_per_million,
            ),
        ],
        gained=[word for word in CAPABILITIES if before and word in has - had],
        lost=[word for word in CAPABILITIES if word in had - has],
    )
