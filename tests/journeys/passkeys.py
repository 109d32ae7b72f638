"""A finger at a device that a test makes up: what answers where a page asks for a passkey."""

from __future__ import annotations

from typing import Any

_KIND = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


class Device:
    """What holds passkeys beside one page, by the WebAuthn domain of the browser's own protocol.

    It is gone as soon as another session of that protocol ends on the same page, such as that of `nameless`.
    """

    def __init__(self, page: Any) -> None:
        self._said = page.context.new_cdp_session(page)
        self._said.send("WebAuthn.enable")
        self._its = {
            "authenticatorId": self._said.send("WebAuthn.addVirtualAuthenticator", {"options": _KIND})[
                "authenticatorId"
            ]
        }

    @property
    def keys(self) -> list[dict[str, Any]]:
        """The passkeys that it holds."""
        found: list[dict[str, Any]] = self._said.send("WebAuthn.getCredentials", self._its)["credentials"]
        return found

    def know_the_finger(self, known: bool) -> None:
        """Whether it takes the finger for that of its owner."""
        self._said.send("WebAuthn.setUserVerified", {**self._its, "isUserVerified": known})
