// Focus is never lost: where a swap took away what somebody stood on, they stand on its counterpart, else on what
// stands in its place, else on the page's content; never on nothing.

const STOPS = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex]";
const stopsIn = (root) => [...root.querySelectorAll(STOPS)].filter((stop) => !stop.disabled && stop.getClientRects().length);
const nameOf = (stop) => [stop.tagName, stop.name ?? "", stop.getAttribute("href") ?? "", stop.textContent.trim().slice(0, 80)].join("|");
const isNowhere = () => !document.activeElement || document.activeElement === document.body;

let held = null;

// Where it stands: in each part with an id around it, from the nearest on, the how-manieth stop it is. What brought the next
// rows has no name: whoever stood on it stands on the first of them, not on its namesake at their end.
function remember(stop) {
  const around = [];
  for (let root = stop.parentElement?.closest("[id]"); root; root = root.parentElement?.closest("[id]")) {
    around.push({ id: root.id, at: stopsIn(root).indexOf(stop) });
  }
  return { name: stop.closest("[data-more]") ? null : nameOf(stop), id: stop.id, around };
}

function find({ name, id, around }) {
  const same = id && document.getElementById(id);
  if (same && stopsIn(same.parentElement).includes(same)) return same;
  for (const { id: root, at } of around) {
    const stops = stopsIn(document.getElementById(root) ?? document.createElement("i"));
    if (stops.length) return stops.find((stop) => nameOf(stop) === name) ?? stops[Math.min(Math.max(at, 0), stops.length - 1)];
  }
  return document.getElementById("main");
}

document.addEventListener("htmx:beforeSwap", (event) => {
  const stop = document.activeElement;
  held = stop && stop !== document.body && event.detail.target.contains?.(stop) ? remember(stop) : null;
});
document.addEventListener("htmx:afterSwap", () => {
  if (held && isNowhere()) find(held)?.focus({ preventScroll: true });
  held = null;
});
