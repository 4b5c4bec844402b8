"""What is known of a client's body without decoding it."""

import json
import time

import pytest

from modelhub.gateway.relay.body import parse_body
from modelhub.gateway.wire.size import facts_of_body
from modelhub.gateway.wire.structures import structure_in

PICTURE = {"type": "image_url", "image_url": {"url": "data:image/png;base64,"}}


def body_of(**fields):
    return parse_body(json.dumps({"model": "m", **fields}).encode())


def test_a_pictures_bytes_are_no_tokens():
    packed = {"type": "image_url", "image_url": {"url": "iVBOR" + "A" * 100_000}}
    said = [{"role": "user", "content": [packed]}]

    facts = facts_of_body(body_of(messages=said))

    assert facts.input_tokens < 1_100
    assert facts.needed_capabilities == {"image_analysis"}


def test_no_text_beside_a_picture_holds_up_whoever_measures_it():
    almost = ("a" * 511 + " ") * 20_000
    said = [{"role": "user", "content": [PICTURE, {"type": "text", "text": almost}]}]
    body = body_of(messages=said)
    begun = time.process_time()

    facts = facts_of_body(body)

    assert facts.input_tokens > 2_000_000
    assert time.process_time() - begun < 1


@pytest.mark.parametrize("number", [b"1e999999", b"9" * 5_000])
def test_a_number_that_nobody_can_hold_is_none_that_is_known(number):
    body = parse_body(b'{"model": "m", "max_tokens": %b}' % number)
    odd = parse_body(b'{"model": "m", "response_format": %b}' % number)

    assert facts_of_body(body).max_output_tokens is None
    assert structure_in(odd) is None
