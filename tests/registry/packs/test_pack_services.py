import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from registry.models import AuditEntry, PackEntry, PackVersion, Prompt, PromptLabel
from registry.models import PromptVersion as Version
from registry.packs.document import slug_from
from registry.queries.packs import (
    document_of,
    pack_findings,
    pack_named,
    pack_rows,
    similar_packs,
    version_rows,
)
from registry.services.custom_models import delete_custom_model
from registry.services.pack_switches import SwitchRefused, switch_pack
from registry.services.packs import (
    PackRefused,
    StalePack,
    add_version,
    archive_pack,
    create_pack,
    describe_pack,
    import_pack,
    restore_pack,
)
from tests.factories import (
    AIModelFactory,
    OrganizationFactory,
    ProviderFactory,
    enabled_model,
)
from tests.registry.packs.packing import (
    document,
    entry,
    features,
    packed,
    repacked,
    served,
)


def test_a_pack_keeps_what_it_does_not_know_as_it_is_written(organization):
    said = document(entry("planner", "acme/none", prompt="NONE@production"))

    version = create_pack(organization=organization, document=said, actor=None)

    found = PackEntry.objects.get()
    assert (found.ai_model, found.prompt_version) == (None, None)
    assert document_of(version).features == said.features
    assert AuditEntry.objects.get().after == {
        "name": "Mixed-pack",
        "version": 1,
        "features": 1,
    }


def test_everything_wrong_is_said_at_once_and_nothing_is_kept(organization):
    said = document(
        entry("planner", "no-model"),
        entry("critic", "a/b", parameters={"temperature": 9}),
        slug="Mixed Pack",
    )

    with pytest.raises(PackRefused) as refused:
        create_pack(organization=organization, document=said, actor=None)

    assert len(refused.value.problems) == 3
    assert not PackVersion.objects.exists()


def test_a_slug_is_used_once_in_an_organisation(organization):
    packed(organization, entry("planner", "a/b"))
    packed(OrganizationFactory(), entry("planner", "a/b"))

    with pytest.raises(PackRefused, match="There is a pack mixed-pack already"):
        packed(organization, entry("planner", "a/b"))


def test_editing_makes_a_version_and_leaves_the_old_one(organization):
    first = packed(organization, entry("planner", "a/b"), entry("critic", "a/b"))

    second = repacked(first, entry("planner", "a/c"), entry("executor", "a/b"))

    assert document_of(first).feature("planner").model == "a/b"
    newest, _ = version_rows(second.pack)
    assert (newest.added, newest.changed, newest.removed) == (
        ("executor",),
        ("planner",),
        ("critic",),
    )


@pytest.mark.parametrize("slug", ["new", "-"])
def test_a_slug_whose_address_is_taken_is_refused(organization, slug):
    said = document(entry("planner", "a/b"), slug=slug)

    for do in (create_pack, import_pack):
        with pytest.raises(PackRefused, match="slug"):
            do(organization=organization, document=said, actor=None)


def test_a_name_of_such_a_slug_gets_another():
    assert slug_from("New!") == "new-pack"


def test_what_says_the_same_makes_no_version(organization):
    version = packed(organization, entry("planner", "a/b"), entry("critic", "a/c"))
    said = document(entry("critic", "a/c"), entry("planner", "a/b"))

    outcome = import_pack(organization=organization, document=said, actor=None)

    assert (outcome.version, outcome.is_new) == (version, False)


def test_of_two_editors_the_second_is_told(organization):
    first = packed(organization, entry("planner", "a/b"))
    repacked(first, entry("planner", "a/c"))

    with pytest.raises(StalePack, match="it is at mixed-pack v2"):
        add_version(
            pack=first.pack,
            document=document(entry("planner", "a/d")),
            expected_number=1,
            actor=None,
        )


def test_a_prompt_by_its_label_is_pinned_to_the_version_of_now(organization):
    prompt = Prompt.objects.create(organization=organization, name="PLAN")
    versions = [
        Version.objects.create(prompt=prompt, number=number, text="x", actor_label="x")
        for number in (1, 2)
    ]
    label = PromptLabel.objects.create(
        prompt=prompt, name="production", prompt_version=versions[0]
    )
    said = document(entry("planner", "a/b", prompt="PLAN@production"))
    version = create_pack(organization=organization, document=said, actor=None)

    same = import_pack(organization=organization, document=said, actor=None)
    label.prompt_version = versions[1]
    label.save()
    moved = import_pack(organization=organization, document=said, actor=None)

    assert document_of(version).feature("planner").prompt == "PLAN@1"
    assert (same.is_new, moved.is_new) == (False, True)
    assert document_of(moved.version).feature("planner").prompt == "PLAN@2"


def test_a_switch_sets_the_prompt_and_an_unknown_one_refuses_it(organization):
    (planner,) = features(organization, "planner")
    served(organization, "one")
    version = packed(organization, entry("planner", "openai/one", prompt="PLAN@1"))
    with pytest.raises(SwitchRefused, match="There is no prompt PLAN@1"):
        switch_pack(version=version, actor=None)

    prompt = Prompt.objects.create(organization=organization, name="PLAN")
    Version.objects.create(prompt=prompt, number=1, text="x", actor_label="x")
    switch_pack(version=version, actor=None)

    assert planner.revisions.get().prompt_version.prompt == prompt


def test_a_pack_is_renamed_described_archived_and_restored(organization):
    pack = packed(organization, entry("planner", "a/b")).pack
    facts = {"name": "New", "description": "Better.", "source_url": ""}

    assert describe_pack(pack=pack, actor=None, **facts)
    assert not describe_pack(pack=pack, actor=None, **facts)
    assert archive_pack(pack=pack, actor=None)
    assert not archive_pack(pack=pack, actor=None)
    assert restore_pack(pack=pack, actor=None)

    actions = AuditEntry.objects.order_by("pk").values_list("action", flat=True)
    assert list(actions) == [
        "pack.created",
        "pack.described",
        "pack.archived",
        "pack.restored",
    ]


def test_the_active_pack_cannot_be_archived(organization):
    served(organization, "one")
    version = packed(organization, entry("planner", "openai/one"))
    switch_pack(version=version, actor=None)

    with pytest.raises(PackRefused, match="is active"):
        archive_pack(pack=pack_named(organization, "mixed-pack"), actor=None)


def test_an_archived_pack_is_not_switched_to(organization):
    version = packed(organization, entry("planner", "a/b"))
    archive_pack(pack=version.pack, actor=None)

    with pytest.raises(SwitchRefused, match="is archived"):
        switch_pack(version=version, actor=None)


def test_packs_of_others_are_not_seen(organization):
    packed(OrganizationFactory(), entry("planner", "a/b"))

    assert pack_named(organization, "mixed-pack") is None
    assert similar_packs(organization, "mixed-pack") == []
    assert pack_rows(organization, timezone.now()) == []


def test_a_finding_names_the_feature_the_model_and_a_proposal(organization):
    features(organization, "planner")
    served(organization, "gpt-luna-2")
    version = packed(organization, entry("planner", "openai/gpt-luna-1"))

    (finding,) = pack_findings(version, timezone.now())

    assert finding.as_json() == {
        "severity": "error",
        "feature": "planner",
        "code": "unknown_model",
        "text": "No model is called openai/gpt-luna-1.",
        "model": "openai/gpt-luna-1",
        "proposal": "openai/gpt-luna-2",
    }


def test_a_model_without_a_connection_is_an_error_unless_a_fallback_has_one(
    organization,
):
    features(organization, "planner", "critic")
    served(organization, "one")
    far = ProviderFactory(slug="anthropic")
    enabled_model(organization, model_name="two", provider=far)
    version = packed(
        organization,
        entry("planner", "anthropic/two"),
        entry("critic", "anthropic/two", "openai/one"),
    )

    critic, planner = pack_findings(version, timezone.now())

    said = "anthropic/two has no connection: none to anthropic is set up."
    assert (planner.severity, planner.text) == ("error", said)
    assert (critic.severity, critic.text) == ("warning", said)


def test_the_list_of_packs_asks_as_much_for_five_as_for_one(organization):
    features(organization, "planner")
    served(organization, "one")
    packed(organization, entry("planner", "openai/one"))

    def queries():
        with CaptureQueriesContext(connection) as captured:
            pack_rows(organization, timezone.now())
        return len(captured)

    of_one = queries()
    for number in range(4):
        packed(organization, entry("planner", "openai/one"), slug=f"pack-{number}")

    assert queries() == of_one


def test_a_model_of_ones_own_that_packs_name_can_be_deleted(organization):
    own = AIModelFactory(model_name="own", organization=organization)
    version = packed(organization, entry("planner", "openai/own"))

    delete_custom_model(ai_model=own, actor=None)

    assert document_of(version).feature("planner").model == "openai/own"
    codes = [one.code for one in pack_findings(version, timezone.now())]
    assert codes == ["no_feature", "unknown_model"]
