"""A cost answer as text for a person and as JSON for a program (decimals as text)."""

from __future__ import annotations

from typing import Any

from registry.models import Price
from registry.plain_text import columns, dollars, plain
from registry.queries.model_costs import CostAnswer, CountedImages
from registry.queries.references import Resolution


def cost_json(resolution: Resolution, answer: CostAnswer) -> dict[str, Any]:
    cost, own = answer.cost, answer.organization
    return {
        "model": answer.ai_model.reference,
        "requested": resolution.requested,
        "alias": str(resolution.alias) if resolution.alias else None,
        "organization": own.slug if own else None,
        "at": answer.at.isoformat(),
        "state": str(cost.state),
        "total_usd": None if cost.total_usd is None else plain(cost.total_usd),
        "requests": plain(answer.usage.requests),
        "batch": answer.usage.is_batch,
        "usage": {name: plain(value) for name, value in answer.usage.quantities()},
        "images": [_images_json(one) for one in answer.images],
        "lines": [
            {
                "price_key": line.price_key,
                "quantity": plain(line.quantity),
                "rate_usd": plain(line.rate_usd),
                "per": line.per,
                "usd": plain(line.usd),
            }
            for line in cost.lines
        ],
        "price": _price_json(answer),
        "missing": list(cost.missing),
        "notes": list(cost.notes),
    }


def _images_json(counted: CountedImages) -> dict[str, Any]:
    images, each = counted.images, counted.each
    return {
        "count": images.count,
        "width_px": images.width_px,
        "height_px": images.height_px,
        "detail": images.detail,
        "tokens_each": each.tokens,
        "rule": each.rule or None,
        "source": each.source or None,
        "note": each.note,
    }


def _price_json(answer: CostAnswer) -> dict[str, Any] | None:
    if answer.quote is None:
        return None
    price, basis = answer.quote.price, answer.quote.catalogue_price
    discount = price.discount_percent
    return {
        "id": price.pk,
        "source": price.source,
        "source_reference": price.source_reference,
        "read_on": price.read_on.isoformat() if price.read_on else None,
        "effective_from": _moment(price, "effective_from"),
        "effective_to": _moment(price, "effective_to"),
        "discount_percent": None if discount is None else plain(discount),
        "catalogue_price": basis.pk if basis else None,
        "matched": answer.matched,
        "matched_differs": answer.matched not in (None, answer.ai_model.reference),
    }


def _moment(price: Price, field: str) -> str | None:
    value = getattr(price, field)
    return value.isoformat() if value else None


def cost_text(resolution: Resolution, answer: CostAnswer) -> str:
    lines = [_title(resolution, answer), ""]
    lines += _breakdown(answer)
    lines += ["", *_images_text(answer), *_price_text(answer)]
    lines += [f"Note: {note}" for note in answer.cost.notes]
    return "\n".join(lines)


def _title(resolution: Resolution, answer: CostAnswer) -> str:
    reference = answer.ai_model.reference
    if resolution.alias:
        return f"{resolution.requested} → {reference}"
    return reference


def _breakdown(answer: CostAnswer) -> list[str]:
    cost = answer.cost
    if cost.total_usd is None:
        return [f"Total  – ({cost.state}: no price is known for this)"]
    rows = [
        (
            line.price_key,
            f"{line.quantity:,f}",
            f"× {dollars(line.rate_usd)} / {line.per:,}",
            dollars(line.usd),
        )
        for line in cost.lines
    ]
    return columns(
        [*rows, ("Total", "", f"({cost.state})", dollars(cost.total_usd))],
        right=frozenset({1, 3}),
    )


def _images_text(answer: CostAnswer) -> list[str]:
    return [
        f"Images: {one.images.count} × {one.images.width_px}×{one.images.height_px} "
        f"({one.images.detail}) of {one.each.tokens:,} tokens each, {one.each.rule}, "
        f"{one.each.source}"
        for one in answer.images
        if one.each.tokens is not None
    ]


def _price_text(answer: CostAnswer) -> list[str]:
    price = _price_json(answer)
    if price is None:
        return ["Price: none is known at that moment."]
    period = (
        f"from {price['effective_from'] or 'ever'} to {price['effective_to'] or '…'}"
    )
    off = price["discount_percent"]
    discount = f", {off} % off price {price['catalogue_price']}" if off else ""
    lines = [f"Price {price['id']}: {price['source']}{discount}, {period}"]
    if price["matched_differs"]:
        lines.append(f"The price is that of {price['matched']}.")
    return lines
