"""What the service worker is told by a page."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.crypto import salted_hmac

from colonnade.web.assets import assets
from colonnade.web.looking import Looking

register = template.Library()
TOUCH = "icon-180.png"


@register.simple_tag(takes_context=True)
def seat(context: dict[str, Any]) -> str:
    """Whose page this is, so that a browser keeps none for another: "anybody", or a word for the session that is worth
    nothing to whoever reads it."""
    who: Looking | None = context.get("looking")
    if who is None or not who.session:
        return "anybody"
    kind = "guest" if who.guest else "member"
    return f"{kind}-{salted_hmac('colonnade.seat', who.session, algorithm='sha256').hexdigest()[:24]}"


@register.simple_tag
def touch_icon() -> str:
    """The address of the icon for home screens, "" where it is not installed."""
    found = assets().get(TOUCH)
    return found.url if found else ""
