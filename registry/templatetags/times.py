"""Moments on pages, in the zone of whoever looks (registry.own_zone); each tells the
same moment in UTC in its title. Available in every template without `{% load %}`.

An unknown moment (None, or the empty text of what is not there) is a dash.
"""

import datetime

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timesince import timesince

from registry.templatetags.display import DASH

register = template.Library()

Moment = datetime.datetime | str | None


@register.filter
def when(value: Moment) -> SafeString:
    """7 Aug 2025, 14:05."""
    if not isinstance(value, datetime.datetime):
        return SafeString(DASH)
    return _element(value, full_text(timezone.localtime(value)))


@register.filter
def local(value: Moment) -> SafeString:
    """7 Aug, 14:05, with the year where it is not this one."""
    if not isinstance(value, datetime.datetime):
        return SafeString(DASH)
    return _element(value, local_text(value))


@register.filter
def local_text(value: Moment) -> str:
    """The same as text alone, for attributes and options."""
    if not isinstance(value, datetime.datetime):
        return DASH
    there = timezone.localtime(value)
    is_far = there.year != timezone.localtime().year
    year = f" {there.year}" if is_far else ""
    return f"{there.day} {there:%b}{year}, {there:%H:%M}"


@register.filter
def on_day(value: Moment) -> SafeString:
    """7 Aug, with the year where it is not this one; the time is in the title."""
    if not isinstance(value, datetime.datetime):
        return SafeString(DASH)
    there = timezone.localtime(value)
    return _element(value, local_text(value).removesuffix(f", {there:%H:%M}"))


@register.filter
def clock(value: Moment) -> SafeString:
    """14:05, where the day is plain."""
    if not isinstance(value, datetime.datetime):
        return SafeString(DASH)
    return _element(value, f"{timezone.localtime(value):%H:%M}")


@register.filter
def to_the_second(value: datetime.datetime) -> SafeString:
    """As logs tell it, without the year, which is in the title."""
    there = timezone.localtime(value)
    text = f"{there.day} {there:%b}, {there:%H:%M:%S}"
    return _element(value, text, ":%S")


@register.filter
def ago(value: datetime.datetime) -> SafeString:
    """How long since: "just now", "4 minutes ago"."""
    return _element(value, ago_text(value))


def ago_text(value: datetime.datetime) -> str:
    if timezone.now() - value < datetime.timedelta(minutes=1):
        return "just now"
    return f"{timesince(value)} ago"


@register.simple_tag
def zone_name() -> str:
    """The zone that times on this page are in, as in Europe/Berlin."""
    return timezone.get_current_timezone_name()


def full_text(there: datetime.datetime, seconds: str = "") -> str:
    clock_text = there.strftime("%H:%M" + seconds)
    return f"{there.day} {there:%b} {there.year}, {clock_text}"


def _element(value: datetime.datetime, text: str, seconds: str = "") -> SafeString:
    utc = value.astimezone(datetime.UTC)
    return format_html(
        '<time datetime="{}" title="{} UTC">{}</time>',
        utc.isoformat(),
        full_text(utc, seconds),
        text,
    )
