"""The wall: a command centre on a large screen, that nobody touches.

A wall hangs where others walk past. So it shows no word that not everybody may read, even to an owner: posts that
everyone on the web may see, counts of cases without their words, planned posts by time and place alone. Who may see more
follows the link of a number to a page of their own.
"""

from colonnade.web.views.wall.arranging import arrange, take_down
from colonnade.web.views.wall.page import wall
from colonnade.web.views.wall.spans import in_pieces

__all__ = ["arrange", "in_pieces", "take_down", "wall"]
