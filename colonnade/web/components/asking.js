// The talk in a frame on another site, where no cookie and so no push comes: it looks again by itself, soon while words come,
// ever more seldom while nothing happens, and not at all while nobody sees it.

const SOONEST_MS = 5000;
const SLOWER = 1.5;
const LATEST_MS = 60_000;

const thread = document.querySelector("[data-looks-again]");
const said = () => [...thread.querySelectorAll("[data-post]")].map((post) => post.dataset.post).join();

let pause = SOONEST_MS;
let next = 0;
let shown = true; // whether the site shows the frame at all
let known = thread ? said() : "";

function wait() {
  clearTimeout(next);
  next = shown && !document.hidden ? setTimeout(look, pause) : 0;
}

function look() {
  clearTimeout(next);
  thread.dispatchEvent(new CustomEvent("colonnade:look"));
}

// Somebody is here again: what was missed comes now, and more is expected.
function back() {
  const slept = next === 0 || pause > SOONEST_MS;
  pause = SOONEST_MS;
  if (slept) look();
}

function turned() {
  if (shown && !document.hidden) back();
  else wait();
}

if (thread) {
  thread.addEventListener("htmx:afterRequest", ({ detail }) => {
    const now = said();
    pause = detail.successful && now !== known ? SOONEST_MS : Math.min(pause * SLOWER, LATEST_MS);
    known = now;
    wait();
  });
  document.addEventListener("visibilitychange", turned);
  new IntersectionObserver((entries) => {
    const is = entries.at(-1).isIntersecting;
    if (is === shown) return;
    shown = is;
    turned();
  }).observe(document.querySelector("main"));
  document.querySelector("textarea")?.addEventListener("focus", back);
  wait();
}
