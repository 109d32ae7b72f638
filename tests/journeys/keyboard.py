"""Somebody with a keyboard alone, and what they can tell of a page: where they stand, what it is called, that it shows."""

from __future__ import annotations

from typing import Any

MOST_STOPS = 150

# Where one stands. A ring is an outline: of the thing itself, of what is drawn over it, or of the row or tile that it
# opens. A post is marked by a shadow, a field by the shadow of the box that it fills.
_HERE = """
() => {
  const one = document.activeElement;
  if (!one || one === document.body) return {tag: "", name: "", ring: false, text: ""};
  const said = (element) => {
    const copy = element.cloneNode(true);
    for (const drawn of copy.querySelectorAll("[aria-hidden=true]")) drawn.remove();
    return copy.textContent;
  };
  const outlined = (element, part) => {
    const style = getComputedStyle(element, part);
    return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0 && style.display !== "none";
  };
  const around = [one];
  while (around.length < 5 && around.at(-1).parentElement) around.push(around.at(-1).parentElement);
  const box = one.matches("input, textarea, .post") ? one.closest(".post, .composer, .box, .seek, .search") : null;
  const ring = around.some((element) => outlined(element)) || outlined(one, "::after") || outlined(one, "::before")
    || (box && getComputedStyle(box).boxShadow !== "none");
  const named = one.getAttribute("aria-label") || [...(one.labels ?? [])].map(said).join(" ");
  const name = (named || said(one)).replace(/\\s+/g, " ").trim();
  return {tag: one.tagName.toLowerCase(), name, ring: Boolean(ring), text: one.outerHTML.slice(0, 200)};
}
"""
_HOLD = """
() => {
  window.held = document.activeElement;
  const field = Number.isInteger(window.held.selectionStart);  // a box to tick has none
  if (field) window.held.setSelectionRange(1, 3);
  window.was = field ? [window.held.value, 1, 3] : [];
}
"""
_HELD = """
() => {
  const one = document.activeElement;
  const now = Number.isInteger(one.selectionStart) ? [one.value, one.selectionStart, one.selectionEnd] : [];
  return one === window.held && one.isConnected && JSON.stringify(now) === JSON.stringify(window.was);
}
"""
_STOPS = {"RootWebArea", "main", "article", "generic", "none", "document", "log", "Iframe"}


class Keyboard:
    """The keys, and nothing else, on one page."""

    def __init__(self, page: Any) -> None:
        self.page = page

    def press(self, *keys: str) -> None:
        """One key after the other; whoever stood somewhere stands somewhere afterwards."""
        for key in keys:
            self.page.keyboard.press(key)

    def write(self, words: str) -> None:
        """Type into what is focused."""
        assert self.here()["tag"] in ("input", "textarea"), self.here()
        self.page.keyboard.insert_text(words)

    def here(self) -> dict[str, Any]:
        """Where one stands: `tag`, `name`, whether a `ring` shows it, the beginning of its `text`."""
        found: dict[str, Any] = self.page.evaluate(_HERE)
        return found

    def stands(self) -> dict[str, Any]:
        """Where one stands, which is somewhere and shows."""
        found = self.here()
        assert found["tag"], "focus is lost"
        assert found["ring"] or found["tag"] == "main", f"no ring around {found['text']}"
        return found

    def to(self, name: str, *, back: bool = False) -> None:
        """Tab until one stands on what has this name."""
        for _ in range(MOST_STOPS):
            self.press("Shift+Tab" if back else "Tab")
            if self.here()["name"].startswith(name):
                self.stands()
                return
        raise AssertionError(f"Tab does not reach {name!r}")

    def hold(self) -> None:
        """Remember where one stands; in a field, with its second and third letter selected."""
        self.stands()
        self.page.evaluate(_HOLD)

    def is_held(self) -> bool:
        """Whether one stands on the very same thing, with the same words and the same selection."""
        held: bool = self.page.evaluate(_HELD)
        return held

    def wait_on(self, selector: str) -> None:
        """Until one stands on something of this kind."""
        self.page.locator(f"{selector}:focus").wait_for()
        self.stands()

    def walk_through(self) -> list[str]:
        """Tab from the top to the end: every stop shows. Returns the names of the stops."""
        self.page.evaluate("document.activeElement.blur(); scrollTo(0, 0)")
        names = []
        for _ in range(MOST_STOPS):
            self.press("Tab")
            if not self.here()["tag"]:
                return names
            names.append(self.stands()["name"])
            if len(names) > 1 and names[-1] == names[0] == "Skip to the content":
                return names[:-1]
        raise AssertionError(f"Tab never comes to an end: {names}")


def nameless(page: Any) -> list[str]:
    """What one may stand on and what a screen reader has no name for, by its role."""
    session = page.context.new_cdp_session(page)
    try:
        nodes = session.send("Accessibility.getFullAXTree")["nodes"]
    finally:
        session.detach()
    return [
        f"{_value(node, 'role')} {node.get('backendDOMNodeId')}"
        for node in nodes
        if not node.get("ignored")
        and any(
            one["name"] == "focusable" and one["value"].get("value") for one in node.get("properties", [])
        )
        and _value(node, "role") not in _STOPS
        and not _value(node, "name").strip()
    ]


def _value(node: dict[str, Any], what: str) -> str:
    return str(node.get(what, {}).get("value", ""))
