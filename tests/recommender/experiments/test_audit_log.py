"""Steps, pauses and promotions of experiments are taken back from the audit log."""

from django.urls import reverse

from recommender.services.experiment_changes import Said
from recommender.services.experiment_running import pause

LOG = "/settings/audit/"


def offered(client, action):
    lines = client.get(LOG, {"action": action}).context["page"].lines
    return [(line.undo and line.undo.address, line.page) for line in lines]


def test_a_pause_is_taken_back_and_the_experiment_is_linked(lab, client):
    client.force_login(lab.user)
    made = pause(lab.started(), Said(lab.user))
    page = reverse("recommender:experiment_detail", args=[made.slug])
    resume = reverse("recommender:experiment_resume", args=[made.slug])
    assert offered(client, "experiment.paused") == [(resume, page)]
    assert offered(client, "experiment.started") == [(None, page)]

    assert client.post(resume).status_code == 302

    made.refresh_from_db()
    assert made.state == "running"
    assert offered(client, "experiment.paused") == [(None, page)]
    (undo, _) = offered(client, "experiment.resumed")[0]
    assert undo == reverse("recommender:experiment_pause", args=[made.slug])
