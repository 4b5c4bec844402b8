"""Formatting of values on pages. Available in every template without `{% load %}`.

An unknown value (None or an empty text) is always a dash, never a zero.
"""

import datetime
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Any

from django import template
from django.forms import BoundField
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from registry.capabilities import CAPABILITIES
from registry.changes import Change, changes_between
from registry.levels import Level
from registry.money import exact_text
from registry.recommended_uses import RecommendedUse

register = template.Library()

DASH = "–"
CENT = Decimal("0.01")
COMMONPLACE = frozenset({"text_generation", "streaming"})
THOUSAND = 1_000
MILLION = 1_000_000


@register.simple_tag
@lru_cache(maxsize=256)  # a page shows dozens, and the sprite's address never changes
def icon(name: str, size: str = "") -> SafeString:
    """An icon of the sprite, hidden from screen readers: name it in text beside it."""
    css = f"icon icon-{size}" if size else "icon"
    return format_html(
        '<svg class="{}" aria-hidden="true"><use href="{}#i-{}"/></svg>',
        css,
        static("icons.svg"),
        name,
    )


@register.filter
def usd(value: Decimal | str | None) -> str:
    """Dollars with at least two decimals, and as many as a small amount needs to
    show three digits that are not zero: 1234.5 → $1,234.50, 0.00012345 → $0.000123."""
    if value is None or value == "":
        return DASH
    amount = Decimal(value)
    sign = "−" if amount < 0 else ""
    amount = abs(amount)
    if amount == 0 or amount >= 1:
        return f"{sign}${amount.quantize(CENT, ROUND_HALF_UP):,}"
    places = max(2, 2 - amount.adjusted())
    rounded = amount.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    text = f"{rounded:f}".rstrip("0")
    whole, _, decimals = text.partition(".")
    return f"{sign}${whole}.{decimals:0<2}"


@register.filter
def tokens(value: int | str | None) -> str:
    """A token count in short: 200000 → 200k, 1048576 → 1.05M."""
    if value is None or isinstance(value, str):
        return DASH
    if value >= MILLION:
        return f"{Decimal(value) / MILLION:.2f}".rstrip("0").rstrip(".") + "M"
    if value >= THOUSAND:
        return f"{Decimal(value) / THOUSAND:.0f}k"
    return str(value)


@register.filter
def count(value: int | str | None) -> str:
    """A whole number with thousands separators. A template hands in an empty text for
    what is not there, as in the frame of a person without an organisation."""
    return DASH if value is None or value == "" else f"{int(value):,}"


@register.filter
def duration(value: float | str | None) -> str:
    """Milliseconds: 782 → 782 ms, 2900 → 2.90 s, 62000 → 1 min 2 s."""
    if value is None or isinstance(value, str):
        return DASH
    if value < THOUSAND:
        return f"{value:.0f} ms"
    if value < 60 * THOUSAND:
        return f"{value / THOUSAND:.2f} s"
    minutes, seconds = divmod(round(value / THOUSAND), 60)
    return f"{minutes} min {seconds} s"


@register.filter
def dash(value: Any) -> Any:
    """The value, or a dash where it is unknown."""
    return DASH if value is None or value == "" else value


@register.filter
def yes_no(value: bool | None) -> str:
    return DASH if value is None else ("Yes" if value else "No")


@register.filter
def with_class(field: BoundField, css: str) -> SafeString:
    """A form field's widget with a class of the design system."""
    return field.as_widget(attrs={"class": css})


@register.filter
def capability_label(word: str) -> str:
    return CAPABILITIES[word][0] if word in CAPABILITIES else word


@register.filter
def capability_icon(word: str) -> str:
    return CAPABILITIES[word][1] if word in CAPABILITIES else "cube"


@register.simple_tag
def capability_icons(words: Iterable[str]) -> SafeString:
    """Small icons with hidden names, in the order of the closed set. What nearly
    every model does tells nothing in a list and is left to the model's page."""
    return _capability_icons(tuple(words), static("icons.svg"))


# Pages show the same few combinations hundreds of times.
@lru_cache(maxsize=1024)
def _capability_icons(words: tuple[str, ...], sprite: str) -> SafeString:
    icons = format_html_join(
        "",
        '<li class="cap" data-tip="{}"><svg class="icon" aria-hidden="true">'
        '<use href="{}#i-{}"/></svg><span class="visually-hidden">{}</span></li>',
        (
            (label, sprite, icon_name, label)
            for word, (label, icon_name, _) in CAPABILITIES.items()
            if word in words and word not in COMMONPLACE
        ),
    )
    if not icons:
        return SafeString("")
    return format_html('<ul class="caps" aria-label="Capabilities">{}</ul>', icons)


@register.simple_tag
@lru_cache(maxsize=1024)
def indicator(label: str, level: Level) -> SafeString:
    """Five segments with their meaning and where it comes from."""
    if level.value is None:
        return format_html(
            '<span title="{}"><span aria-hidden="true">–</span>'
            '<span class="visually-hidden">{}</span></span>',
            level.source,
            level.source,
        )
    return format_html(
        '<span class="indicator" data-level="{}" role="img" aria-label="{}" '
        'title="{}"></span>',
        level.value,
        level.source,
        level.source,
    )


@register.simple_tag
def indicators(levels: Iterable[tuple[str, Level]]) -> SafeString:
    """Rows of label, segments and value."""
    return format_html(
        '<div class="ratings">{}</div>',
        format_html_join(
            "",
            "<div><span>{}</span>{}<b>{}</b></div>",
            (
                (label, indicator(label, level), level.value_text)
                for label, level in levels
            ),
        ),
    )


@register.simple_tag
@lru_cache(maxsize=1024)
def recommended_uses(uses: tuple[RecommendedUse, ...]) -> SafeString:
    """Badges that say why; nothing where no use is recommended."""
    if not uses:
        return SafeString("")
    badges = format_html_join(
        "",
        '<li class="badge" title="{}">{}<span class="visually-hidden">: {}</span></li>',
        ((use.reason, use.name, use.reason) for use in uses),
    )
    return format_html(
        '<ul class="row row-tight" aria-label="Recommended uses">{}</ul>', badges
    )


@register.filter
def day(value: datetime.date | str | None) -> str:
    """A day without leading zero: 7 Aug 2025."""
    if value is None or isinstance(value, str):
        return DASH
    return f"{value.day} {value:%b %Y}"


@register.filter
def provider_mark(slug: str) -> str:
    """Two letters for a provider's tile: openai → OP, x-ai → XA."""
    letters = "".join(character for character in slug if character.isalnum())
    return letters[:2].upper()


@register.simple_tag
def model_id(ai_model: Any) -> SafeString:
    """Mark, vendor and name of a model as one link; nothing for no model."""
    if not ai_model:
        return SafeString("")
    return _model_id(ai_model.provider.slug, ai_model.model_name)


# A list shows the same few models in every row.
@lru_cache(maxsize=1024)
def _model_id(slug: str, name: str) -> SafeString:
    return format_html(
        '<a class="model-id" href="{}"><span class="mark" data-provider="{}" '
        'aria-hidden="true">{}</span><span class="truncate"><span class="vendor">{}/'
        "</span>{}</span></a>",
        reverse("registry:model_detail", args=[slug, name]),
        slug,
        provider_mark(slug),
        slug,
        name,
    )


@register.filter
def exact(value: Decimal | str | None) -> str:
    """Every digit of an amount, for titles and `<data value>`: 0.00125000 → 0.00125."""
    return DASH if value is None or isinstance(value, str) else exact_text(value)


@register.filter
def percent(value: Decimal | str | None) -> str:
    """A share in percent with at most one decimal: 12.50 → 12.5%."""
    if value is None or isinstance(value, str):
        return DASH
    return f"{_tenths(abs(value), value < 0)}%"


@register.filter
def signed_percent(value: Decimal | str | None) -> str:
    """A change in percent with its sign: 12.5 → +12.5%, −3 → −3%, 0 → 0%."""
    if value is None or isinstance(value, str):
        return DASH
    return f"{'+' if value > 0 else ''}{percent(value)}"


@register.filter
def signed_usd(value: Decimal | str | None) -> str:
    """A change in dollars with its sign: 12.5 → +$12.50, −3 → −$3.00."""
    if value is None or isinstance(value, str):
        return DASH
    return f"{'+' if value > 0 else ''}{usd(value)}"


@register.filter
def grouped(text: str) -> str:
    """A whole number as typed, with thousands separators; other text as it is."""
    is_whole = text.isascii() and text.isdigit() and len(text) <= 15
    return f"{int(text):,}" if is_whole else text


def _tenths(amount: Decimal, negative: bool) -> str:
    text = f"{amount.quantize(Decimal('0.1'), ROUND_HALF_UP):,}".removesuffix(".0")
    return f"−{text}" if negative and text != "0" else text


@register.filter
def change_list(
    pair: tuple[dict[str, Any] | None, dict[str, Any] | None],
) -> list[Change]:
    """(before, after) of a row as the lines that differ."""
    return changes_between(*pair)
