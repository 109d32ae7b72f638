"""Styles and behaviours: read once from the package, served under a name that holds the hash of their content.

One stylesheet is made of the tokens, the ground and one file a component, in that order. Behaviours are plain ES
modules. htmx comes from the package django-htmx. No build step, no Node, no request to another host.
"""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from functools import cache, lru_cache
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path

from colonnade.web import accent

_HERE = Path(__file__).parent
# The passkeys of allauth: its scripts read what to do from the page, so that nothing of them is inline.
_PASSKEYS = {
    "passkey-words.js": "mfa/js/webauthn-json.js",
    "passkeys.js": "mfa/js/webauthn.js",
    "passkeys-begin.js": "account/js/onload.js",
}
_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
}


@dataclass(frozen=True, slots=True)
class Asset:
    """One file as it is sent."""

    name: str
    body: bytes
    packed: bytes
    content_type: str
    version: str

    @property
    def url(self) -> str:
        return f"/assets/{self.version}/{self.name}"


def _asset(name: str, body: bytes) -> Asset:
    return Asset(
        name=name,
        body=body,
        packed=gzip.compress(body, 9, mtime=0),
        content_type=_TYPES[Path(name).suffix],
        version=sha256(body).hexdigest()[:12],
    )


_CHOSEN, _NOT_DECLINED = ':root[data-contrast="more"]', ':root:not([data-contrast="normal"])'


@cache
def assets() -> dict[str, Asset]:
    """Every asset by name."""
    found = [_asset("colonnade.css", "\n".join(_styles()).encode())]
    scripts = sorted((_HERE / "behaviours").glob("*.js")) + sorted((_HERE / "components").glob("*.js"))
    found += [_asset(path.name, path.read_bytes()) for path in scripts]
    pictures = [path for kind in ("*.svg", "*.png") for path in sorted((_HERE / "pictures").glob(kind))]
    found += [_asset(path.name, path.read_bytes()) for path in pictures]
    found.append(_asset("htmx.js", _of_package("django_htmx", "django_htmx/htmx-2.min.js")))
    found += [_asset(name, _of_package("allauth", path)) for name, path in _PASSKEYS.items()]
    return {asset.name: asset for asset in found}


def _styles() -> list[str]:
    """What the style sheet is made of, in order."""
    folder = _HERE / "styles"
    tokens, contrast, ground, phone = (
        (folder / f"{name}.css").read_text("utf-8") for name in ("tokens", "contrast", "ground", "phone")
    )
    asked_for = contrast.replace(_CHOSEN, _NOT_DECLINED)
    components = [path.read_text("utf-8") for path in sorted((_HERE / "components").glob("*.css"))]
    return [
        tokens,
        contrast,
        f"@media (prefers-contrast: more) {{\n{asked_for}}}",
        ground,
        *components,
        phone,
    ]


def _of_package(package: str, path: str) -> bytes:
    """A script that comes with a package; some keep theirs beside the part that it belongs to."""
    spec = find_spec(package)
    assert spec is not None
    assert spec.origin is not None
    root = Path(spec.origin).parent
    part = path.partition("/")[0]
    folder = next(one for one in (root / "static", root / part / "static") if (one / path).is_file())
    return (folder / path).read_bytes()


@lru_cache(maxsize=64)
def accent_sheet(name: str) -> Asset:
    """The style sheet of an organisation's colour, which is made of its name alone. Raises KeyError for another name."""
    colour = accent.accent_in(name)
    if not colour:
        raise KeyError(name)
    return _asset(name, accent.sheet(colour).encode())


def found(name: str) -> Asset | None:
    """The asset of this name, if there can be one."""
    if accent.accent_in(name):
        return accent_sheet(name)
    return assets().get(name)


def url_of(name: str) -> str:
    """The address of an asset. Raises KeyError for a name that there is not."""
    return assets()[name].url
