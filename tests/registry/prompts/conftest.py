import pytest

from registry.prompts.template import Variable
from registry.services.prompts import create_prompt

TEXT = "Answer in {{language}}.\nBe {{tone}}."


@pytest.fixture
def prompt(organization):
    """DRAFTS with two variables; production is on its only version."""
    return create_prompt(
        organization=organization,
        name="DRAFTS",
        text=TEXT,
        variables=[Variable("language"), Variable("tone", "How", "warm")],
        actor=None,
        actor_label="mira@example.com",
    ).prompt
