"""What can go wrong in an HTTP call, beyond the errors that every network shares (`networks/base.py`)."""

from __future__ import annotations

from colonnade.networks.base import NetworkError, Refused


class Blocked(Refused):
    """Our own guard said no: not a web address, or one that leads into a private or special network. Nothing was sent there."""


class TooLarge(NetworkError):
    """The answer was larger than allowed, on the wire or unpacked; reading it stopped there."""


class TooManyRedirects(NetworkError):
    """The address leads from one place to the next without end."""


class BadResponse(NetworkError):
    """An answer came, but it was not understandable: broken HTTP, broken compression, not the JSON that was promised."""


class HungUp(NetworkError):
    """The other side ended a connection that was open, or said nothing on it for too long."""
