from registry.recommended_uses import Facts, recommended_uses


def names(**facts):
    known = {
        "model_type": "language",
        "capabilities": ["text_generation"],
        "context_window": None,
        "cost_level": None,
    } | facts
    return [use.name for use in recommended_uses(Facts(**known))]


def test_unknown_facts_recommend_nothing():
    assert names() == []


def test_a_cheap_model_that_reads_images_tags_photos():
    assert "Photo tagging" in names(capabilities=["image_analysis"], cost_level=2)
    assert "Photo tagging" not in names(capabilities=["image_analysis"], cost_level=3)
    assert "Photo tagging" not in names(capabilities=["image_analysis"])


def test_a_large_window_reads_long_documents():
    assert names(context_window=200_000) == ["Long documents"]
    assert names(context_window=199_999) == []


def test_bulk_work_needs_a_schema_and_a_low_price():
    assert names(capabilities=["structured_output"], cost_level=1) == [
        "Bulk classification"
    ]
    assert names(capabilities=["structured_output"], cost_level=4) == []


def test_every_use_says_why():
    uses = recommended_uses(
        Facts(
            model_type="embedding",
            capabilities=["embedding", "code", "tools", "reasoning", "audio"],
            context_window=None,
            cost_level=None,
        )
    )

    assert len(uses) >= 4
    assert all(use.reason.endswith(".") for use in uses)
