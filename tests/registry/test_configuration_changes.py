from registry.configuration_changes import action_words, configuration_changes


def test_only_what_differs_is_named_in_words():
    changes = configuration_changes(
        {"parameters": {"temperature": 0.2}, "use_batch_price": False, "notes": "a"},
        {"parameters": {"top_p": 0.9}, "use_batch_price": True, "notes": "a"},
    )

    assert [(one.label, one.before, one.after) for one in changes] == [
        ("Temperature", "0.2", "–"),
        ("Batch price", "no", "yes"),
        ("Top P", "–", "0.9"),
    ]


def test_a_whole_document_is_counted_and_not_printed():
    (change,) = configuration_changes({}, {"ratings": {"math": {"score": 1}}})

    assert (change.before, change.after) == ("–", "1 value")


def test_an_unknown_action_is_still_readable():
    assert action_words("model.enabled") == "Enabled"
    assert action_words("catalog.price_synced") == "Catalog price synced"
