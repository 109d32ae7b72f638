"""Listen: what we watch for, how much of it is said, and every mention with the reason why."""

from colonnade.web.views.listen.listed import listen
from colonnade.web.views.listen.one import days_plate, hours_plate, watch

__all__ = ["days_plate", "hours_plate", "listen", "watch"]
