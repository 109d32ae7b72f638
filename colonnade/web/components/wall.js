// The wall: a clock that goes, full screen by a button or f, Escape leaves; and it says so when it is no longer live,
// because nobody presses reload on a wall.

const wall = document.querySelector("[data-wall]");
const clock = wall.querySelector("[data-wall-clock]");
const stale = wall.querySelector("[data-wall-stale]");
const shows = (moment) => new Intl.DateTimeFormat(document.documentElement.lang || "en", {
  hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: clock.dataset.zone,
}).format(moment);

function tick() {
  const now = new Date();
  const words = shows(now);
  if (clock.textContent !== words) clock.textContent = words;
  if (now.toDateString() !== day) location.reload(); // a new day: its name, and whatever is new in the house
}
const day = new Date().toDateString();
setInterval(tick, 1000);

// --- whether it is live ---

let answered = new Date();
document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.successful) answered = new Date();
  if (event.detail.successful || !event.detail.xhr) stale.hidden = true;
});
for (const name of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) {
  document.addEventListener(name, () => {
    stale.textContent = stale.dataset.says.replace("{time}", shows(answered));
    stale.hidden = false;
  });
}
// Whoever is signed out is sent to the sign-in page, which is no part of a wall. Whoever stands on a link keeps standing.
const stops = (part) => [...part.querySelectorAll("a, button, summary")];
document.addEventListener("htmx:beforeSwap", (event) => {
  const part = event.detail.target;
  if (!wall.contains(part)) return;
  part.stoodAt = stops(part).indexOf(document.activeElement);
  if (new URL(event.detail.xhr.responseURL).pathname === location.pathname) return;
  event.detail.shouldSwap = false;
  location.reload();
});
document.addEventListener("htmx:afterSwap", (event) => {
  const part = event.detail.target;
  if (part.stoodAt >= 0) stops(part)[part.stoodAt]?.focus({ preventScroll: true });
  part.stoodAt = -1;
});

// --- full screen, awake, and away ---

let lock = null;
async function stayAwake() {
  try { lock = await navigator.wakeLock?.request("screen"); } catch { lock = null; }
}
function full() {
  if (document.fullscreenElement) document.exitFullscreen();
  else document.documentElement.requestFullscreen?.().catch(() => {});
}
document.addEventListener("fullscreenchange", () => {
  if (document.fullscreenElement) stayAwake();
  else lock?.release();
});
document.addEventListener("visibilitychange", () => {
  if (!document.hidden && document.fullscreenElement) stayAwake();
});
wall.querySelector("[data-wall-full]").addEventListener("click", full);

const isBusy = () => document.fullscreenElement || document.querySelector("dialog[open], [data-menu][open]");
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input, textarea, select")) return;
  if (event.key === "f") full();
  if (event.key === "Escape" && !isBusy()) wall.querySelector("[data-wall-leave]").click();
}, true);
