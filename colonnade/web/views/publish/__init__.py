"""Publish: what waits, drafts, what went out; the composer; a second person's look; the brake over everything planned."""

from colonnade.web.views.publish.buttons import act, brake
from colonnade.web.views.publish.composing import draft, look, publish_new
from colonnade.web.views.publish.four_eyes import four_eyes
from colonnade.web.views.publish.lists import publish

__all__ = ["act", "brake", "draft", "four_eyes", "look", "publish", "publish_new"]
