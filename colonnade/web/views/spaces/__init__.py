"""The screens of our own spaces."""

from colonnade.web.views.spaces.listed import new, spaces
from colonnade.web.views.spaces.members import invite, member, members
from colonnade.web.views.spaces.one import act, space, start
from colonnade.web.views.spaces.settings import audience, settings

__all__ = ["act", "audience", "invite", "member", "members", "new", "settings", "space", "spaces", "start"]
