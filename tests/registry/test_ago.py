"""How long since, in words."""

import datetime

import pytest
from django.utils import timezone

from registry.templatetags.times import ago_text


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "just now"), (59, "just now"), (125, "2\xa0minutes ago")],
)
def test_it_is_told_in_words(seconds, words):
    assert ago_text(timezone.now() - datetime.timedelta(seconds=seconds)) == words
