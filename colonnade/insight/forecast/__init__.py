"""What comes next and what it would take: a forecast with its interval and backtest, and staff against cases.

Plain functions over numbers, without Django or a database. Owns the methods and what is said about their worth. Refuses
to forecast without saying how the same method did on the past.
"""

from colonnade.insight.forecast.foretelling import Backtest, Forecast, Point, forecast
from colonnade.insight.forecast.series import Series, Unusable, on_a_grid, read
from colonnade.insight.forecast.staffing import Hour, Step, erlang_wait, erlang_waits, staff_needed, what_if

__all__ = [
    "Backtest",
    "Forecast",
    "Hour",
    "Point",
    "Series",
    "Step",
    "Unusable",
    "erlang_wait",
    "erlang_waits",
    "forecast",
    "on_a_grid",
    "read",
    "staff_needed",
    "what_if",
]
