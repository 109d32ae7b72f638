"""The inbox: what needs an answer, and one case with everything to answer it."""

from colonnade.web.views.cases.colleagues import colleagues
from colonnade.web.views.cases.doing import act, open_case
from colonnade.web.views.cases.lists import inbox
from colonnade.web.views.cases.many import many
from colonnade.web.views.cases.one import case

__all__ = ["act", "case", "colleagues", "inbox", "many", "open_case"]
