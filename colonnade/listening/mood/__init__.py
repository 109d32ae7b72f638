"""The mood of a text: negative, neutral, positive, or unsure, and a score from −1 to 1.

Plain Python without Django or a database. Owns the readers (VADER, and models learned from a desk's own corrections), the
languages they read, and the verdict on whether a new one may replace an old one. Refuses to guess in a language that it has
not learned, and ships no model.
"""

from colonnade.listening.mood.desk import Desk, Nobody
from colonnade.listening.mood.judging import Correction, Verdict, hold_back, judge, macro, recalls
from colonnade.listening.mood.language import language_of
from colonnade.listening.mood.learned import Learned, Unreadable
from colonnade.listening.mood.learning import Lesson, learn
from colonnade.listening.mood.lexicon import Lexicon
from colonnade.listening.mood.moods import LEANINGS, UNSURE, Label, Leaning, Mood, Reader

__all__ = [
    "LEANINGS",
    "UNSURE",
    "Correction",
    "Desk",
    "Label",
    "Leaning",
    "Learned",
    "Lesson",
    "Lexicon",
    "Mood",
    "Nobody",
    "Reader",
    "Unreadable",
    "Verdict",
    "hold_back",
    "judge",
    "language_of",
    "learn",
    "macro",
    "recalls",
]
