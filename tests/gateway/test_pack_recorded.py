"""A usage row says which version of a pack chose the model."""

import asyncio
from dataclasses import replace

import pytest

from registry.resolution.entries import FeatureEntry, PackMark
from tests.gateway.engine_kit import answer, call, candidate, kit

PACK = PackMark(31, "mixed-pack v3")


@pytest.mark.parametrize(
    ("pack", "source", "expected"),
    [(PACK, "pack", 31), (PACK, "profile", None), (None, "assignment", None)],
    ids=["the pack's model", "a profile's model instead", "an own assignment"],
)
def test_the_version_is_recorded_where_its_model_was_asked(pack, source, expected):
    feature = FeatureEntry(id=5, key="chat", organization_id=1, pack=pack)
    chosen = replace(candidate(1), source=source)
    tried = kit([answer()], candidates=[chosen], feature=feature)

    asyncio.run(tried.gateway.answer(call(), tried.ways))

    assert tried.rows[0].pack_version_id == expected
