"""Today: what needs somebody, what is louder than usual, what goes out; each a card that acts in place."""

from colonnade.web.views.today.acts import act_on_case, act_on_watch
from colonnade.web.views.today.handover import as_pdf as handover_pdf
from colonnade.web.views.today.handover import write as write_handover
from colonnade.web.views.today.page import greeting, today
from colonnade.web.views.today.spans import zone_of

__all__ = ["act_on_case", "act_on_watch", "greeting", "handover_pdf", "today", "write_handover", "zone_of"]
