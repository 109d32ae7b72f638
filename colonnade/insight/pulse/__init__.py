"""The pulse of a watch: the burst engine fed with five-minute steps, and the running step judged before it is over.

Plain Python without Django or a database. What is complete is fed to `listening.bursts.Detector` in order, zeros included.
The step that still runs is compared with `bar`, the least count at which the detector would give an alert for it: a count
only grows, so what is above the bar now is above it when the step is over. Nothing looks ahead, and nothing is fed twice:
what arrives for a step that was fed already counts in the step in which it arrives.
"""

from colonnade.insight.pulse.beat import DAYS_LEARNED, LATE_S, STEP_S, Beat, Loud, step_of

__all__ = ["DAYS_LEARNED", "LATE_S", "STEP_S", "Beat", "Loud", "step_of"]
