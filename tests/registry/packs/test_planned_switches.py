import datetime
import threading

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from registry.models import (
    AuditEntry,
    Feature,
    ModelSetting,
    PackSwitch,
    PlannedSwitch,
)
from registry.queries.assignments import current_revision
from registry.services.packs import archive_pack
from registry.services.planned_switches import (
    PlanOptions,
    PlanRefused,
    cancel_planned_switch,
    plan_switch_at,
    plan_switch_on_budget,
    run_budget_plans,
    run_due,
    run_planned,
)
from registry.tasks import run_planned_switches
from tests.factories import OrganizationFactory
from tests.registry.assigning import assigned
from tests.registry.packs.packing import entry, features, packed, repacked, served

HOUR = datetime.timedelta(hours=1)


@pytest.fixture
def models(organization):
    return served(organization, "one", "two")


@pytest.fixture
def planner(organization):
    return features(organization, "planner")[0]


@pytest.fixture
def version(organization, models, planner):
    return packed(organization, entry("planner", "openai/one"))


def planned_in_an_hour(version, **more):
    at = timezone.now() + HOUR
    return plan_switch_at(pack=version.pack, run_at=at, actor=None, **more)


def test_nothing_happens_before_its_time(version, planner):
    planned_in_an_hour(version)

    run_planned_switches()

    assert current_revision(planner) is None


def test_at_its_time_the_newest_version_is_switched_to(version, planner, models):
    planned = planned_in_an_hour(version)
    newest = repacked(version, entry("planner", "openai/two"))

    with time_machine.travel(timezone.now() + HOUR):
        run_planned_switches()
        run_planned_switches()

    planned.refresh_from_db()
    assert current_revision(planner).pack_version == newest
    assert (planned.state, planned.outcome) == (
        "done",
        "mixed-pack v2 is active: 1 feature changed.",
    )
    assert PackSwitch.objects.get().reason.startswith("Planned for ")


def test_what_is_to_be_kept_is_kept(version, planner, models):
    assigned(planner, models[1])
    planned_in_an_hour(version, options=PlanOptions(["planner", "gone-since"]))

    run_due(timezone.now() + HOUR)

    assert current_revision(planner).ai_model == models[1]


def test_models_are_enabled_and_features_made_where_the_plan_says_so(
    organization, version, models
):
    ModelSetting.objects.filter(ai_model=models[1]).update(is_enabled=False)
    repacked(version, entry("planner", "openai/two"), entry("critic", "openai/two"))
    options = PlanOptions(enable_models=True, create_missing_features=True)
    planned = planned_in_an_hour(version, options=options)

    run_due(timezone.now() + HOUR)

    planned.refresh_from_db()
    assert planned.state == "done"
    critic = Feature.objects.get(organization=organization, key="critic")
    assert current_revision(critic).ai_model == models[1]
    assert ModelSetting.objects.get(ai_model=models[1]).is_enabled


def test_a_switch_that_is_refused_fails_with_the_reason(version, planner, models):
    planned = planned_in_an_hour(version)
    models[0].settings.update(is_enabled=False)

    run_due(timezone.now() + HOUR)

    planned.refresh_from_db()
    assert (planned.state, planned.outcome) == (
        "failed",
        "planner: openai/one is not enabled.",
    )
    assert not PackSwitch.objects.exists()


def test_a_cancelled_plan_is_not_carried_out(version, planner):
    planned = planned_in_an_hour(version)

    assert cancel_planned_switch(planned=planned, actor=None)
    assert not cancel_planned_switch(planned=planned, actor=None)

    assert run_due(timezone.now() + HOUR) == 0
    actions = AuditEntry.objects.filter(action__startswith="pack.plan")
    assert actions.count() == 2


@pytest.mark.parametrize(
    ("spent", "done"), [(None, 0), (79.9, 0), (80.0, 1), (140.0, 1)]
)
def test_a_share_of_the_budget_is_waited_for(version, planner, spent, done):
    plan_switch_on_budget(pack=version.pack, budget_percent=80, actor=None)

    assert run_budget_plans(lambda organization: spent) == done
    assert run_due(timezone.now() + HOUR) == 0


def test_the_same_plan_sent_twice_is_one(version):
    at = timezone.now() + HOUR

    first, second = (
        plan_switch_at(pack=version.pack, run_at=at, actor=None) for _ in range(2)
    )

    assert first == second


@pytest.mark.parametrize("percent", [0, 101, -5])
def test_a_share_is_a_percentage(version, percent):
    with pytest.raises(PlanRefused, match="1 to 100"):
        plan_switch_on_budget(pack=version.pack, budget_percent=percent, actor=None)


def test_the_past_and_archived_packs_are_refused(version):
    with pytest.raises(PlanRefused, match="This time is past"):
        plan_switch_at(pack=version.pack, run_at=timezone.now() - HOUR, actor=None)
    archive_pack(pack=version.pack, actor=None)
    with pytest.raises(PlanRefused, match="is archived"):
        planned_in_an_hour(version)


def test_two_workers_carry_a_plan_out_once(transactional_db):
    organization = OrganizationFactory()
    served(organization, "one")
    features(organization, "planner")
    planned = planned_in_an_hour(packed(organization, entry("planner", "openai/one")))
    results = []

    def work():
        try:
            results.append(
                run_planned(planned=PlannedSwitch.objects.get(pk=planned.pk))
            )
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)

    assert sorted(results) == [False, False, True]
    assert PackSwitch.objects.count() == 1
