"""An alert as it leaves ModelHub: as JSON, for Slack, as an email. Pure."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Self

from analytics.alerting.kinds import AlertKind, AlertSeverity

if TYPE_CHECKING:
    from analytics.models import Alert

TEST: Final = "test"
COLOURS: Final = {"info": "#3b6fd4", "warning": "#c98a1b", "danger": "#c8382e"}


@dataclass(frozen=True)
class Message:
    """`delivery` is the same however often it is tried, so that a receiver can tell a
    repetition. `link` is empty where ModelHub does not know its own address."""

    delivery: str
    alert_id: int | None
    kind: str
    severity: str
    title: str
    text: str
    subject: str
    organization: str
    raised_at: str
    link: str

    @classmethod
    def of(cls, alert: Alert, delivery_id: int, base_url: str) -> Self:
        return cls(
            delivery=f"alert-{alert.pk}-{delivery_id}",
            alert_id=alert.pk,
            kind=alert.kind,
            severity=alert.severity,
            title=alert.title,
            text=alert.text,
            subject=alert.subject,
            organization=alert.organization.name,
            raised_at=alert.raised_at.isoformat(),
            link=f"{base_url.rstrip('/')}{alert.address or '/alerts/'}"
            if base_url
            else "",
        )

    @property
    def kind_label(self) -> str:
        return "Test" if self.kind == TEST else str(AlertKind(self.kind).label)

    @property
    def severity_label(self) -> str:
        return str(AlertSeverity(self.severity).label)

    def as_json(self) -> bytes:
        """The body of a webhook."""
        document: dict[str, Any] = {
            "version": 1,
            "delivery": self.delivery,
            "alert": {
                "id": self.alert_id,
                "kind": self.kind,
                "severity": self.severity,
                "title": self.title,
                "text": self.text,
                "subject": self.subject,
                "raised_at": self.raised_at,
                "url": self.link or None,
            },
            "organization": self.organization,
        }
        return json.dumps(document, ensure_ascii=False).encode()

    def as_slack(self) -> bytes:
        """The body of an incoming webhook of Slack, Mattermost and their like."""
        link = f"\n<{self.link}|Open in ModelHub>" if self.link else ""
        title = _slack_text(self.title)
        attachment = {
            "color": COLOURS[self.severity],
            "fallback": title,
            "text": f"{_slack_text(self.text)}{link}".strip(),
            "footer": _slack_text(f"{self.organization} · {self.kind_label}"),
            "mrkdwn_in": ["text"],
        }
        text = f"*{self.severity_label}:* {title}"
        return json.dumps({"text": text, "attachments": [attachment]}).encode()

    def as_email(self) -> tuple[str, str]:
        """Subject and body."""
        title = " ".join(self.title.split())
        lines = [self.title, "", self.text, "", f"Organisation: {self.organization}"]
        lines += [f"Kind: {self.kind_label}", f"Raised: {self.raised_at}"]
        lines += ["", self.link] if self.link else []
        return f"[ModelHub] {self.severity_label}: {title}", "\n".join(lines) + "\n"


def _slack_text(text: str) -> str:
    """Slack reads these three as the beginning of markup."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
