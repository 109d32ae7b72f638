// What every page of the house can do: tell the server that it is us, keep threads in place, count down toasts, keys.

const token = document.querySelector('meta[name="csrf-token"]')?.content;
document.addEventListener("htmx:configRequest", (event) => {
  if (token) event.detail.headers["X-CSRFToken"] = token;
});

// --- threads: what is new fades in, whoever stood at the end stays at the end, nobody else is moved ---

const known = (thread) => new Set([...thread.querySelectorAll("[data-post]")].map((post) => post.dataset.post));
const atEnd = (thread) => thread.scrollHeight - thread.scrollTop - thread.clientHeight < 80;

document.addEventListener("htmx:beforeSwap", (event) => {
  const thread = event.detail.target.closest?.("[data-thread]");
  if (thread) thread.before = { posts: known(thread), end: atEnd(thread) };
});
document.addEventListener("htmx:afterSwap", (event) => {
  const thread = event.detail.target.closest?.("[data-thread]");
  if (!thread?.before) return;
  for (const post of thread.querySelectorAll("[data-post]")) {
    if (!thread.before.posts.has(post.dataset.post)) post.classList.add("arrives");
  }
  if (thread.before.end) thread.scrollTop = thread.scrollHeight;
  haveSeen();
});
for (const thread of document.querySelectorAll("[data-thread]")) thread.scrollTop = thread.scrollHeight;

// What stood in the thread while nothing was being written counts as seen; what comes while somebody writes does not.
function haveSeen() {
  const writes = document.querySelector("[data-writes]");
  const newest = document.querySelector("[data-newest]")?.dataset.newest;
  const seen = document.querySelector("[data-seen]");
  if (seen && newest && writes && writes.value.trim() === "") seen.value = newest;
}
document.addEventListener("htmx:afterSettle", haveSeen);

// After something was said the thread looks again at once, whatever push does.
document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.successful && /\/(reply|note|take-back)$/.test(event.detail.pathInfo.requestPath)) {
    document.body.dispatchEvent(new CustomEvent("colonnade:said"));
  }
});

// Nothing is known of what was missed: every living part looks again.
for (const name of ["colonnade:reload", "colonnade:end"]) {
  document.addEventListener(name, (event) => {
    if (name === "colonnade:end" && !event.detail.renewed) return;
    event.preventDefault();
    for (const part of document.querySelectorAll("[data-live-place],[data-live-conversation],[data-live-watch],[data-live-all]")) {
      part.dispatchEvent(new CustomEvent("colonnade:look", { detail: { many: true } }));
    }
  });
}

// --- toasts ---

new MutationObserver((changes) => {
  for (const node of changes.flatMap((change) => [...change.addedNodes])) {
    if (node instanceof HTMLElement && node.matches("[data-toast]")) countDown(node);
  }
}).observe(document.querySelector("[data-toasts]"), { childList: true });

function countDown(toast) {
  let left = Number(toast.dataset.lasts);
  const timer = setInterval(() => {
    if (toast.contains(document.activeElement)) return; // whoever stands on it has time
    left -= 1;
    const shown = toast.querySelector("[data-left]");
    if (shown) shown.textContent = String(left);
    if (left <= 0) { clearInterval(timer); toast.remove(); }
  }, 1000);
  let before = null;
  toast.addEventListener("focusin", (event) => { if (!toast.contains(event.relatedTarget)) before = event.relatedTarget; });
  toast.addEventListener("htmx:afterRequest", (event) => {
    if (!event.detail.successful) return; // what could not be undone is said here
    clearInterval(timer);
    const stood = toast.contains(document.activeElement);
    toast.remove();
    if (!stood) return;
    const there = before?.isConnected && before.getClientRects().length ? before : document.getElementById("main");
    there.focus({ preventScroll: true });
  });
}

// --- keys ---

const isWriting = (element) => element.matches("input, textarea, select, [contenteditable]");

document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.matches("textarea")) {
    event.preventDefault();
    const buttons = [...event.target.form.querySelectorAll("[data-sends]")];
    buttons.find((button) => button.offsetParent !== null)?.click();
    return;
  }
  if (event.key === "Escape") {
    for (const menu of document.querySelectorAll("[data-menu][open]")) {
      if (menu.contains(document.activeElement)) menu.querySelector("summary").focus();
      menu.open = false;
    }
    // Out of the field and onto what it belongs to: never onto nothing.
    if (isWriting(event.target)) event.target.closest("[tabindex]:not(textarea, input)")?.focus({ preventScroll: true });
    return;
  }
  if (isWriting(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Enter" && event.target.matches(".post")) event.target.querySelector(".acts a")?.click();
  const keys = { "/": search, j: () => walk(1), k: () => walk(-1), r: answer, e: () => press("e") };
  if (keys[event.key]) { event.preventDefault(); keys[event.key](); }
});

function search() {
  const field = document.querySelector("[data-slash]");
  if (field) field.focus();
  else location.assign("/search");
}

function press(key) {
  document.querySelector(`[data-key="${key}"]`)?.click();
}

function answer() {
  document.querySelector("[data-writes]")?.focus();
}

function walk(step) {
  const rows = [...document.querySelectorAll("[data-walk] a.row, [data-column] .post")];
  if (!rows.length) return;
  const now = rows.indexOf(document.activeElement);
  const open = rows.findIndex((row) => row.hasAttribute("aria-current"));
  const from = now >= 0 ? now : open;
  rows[Math.min(Math.max(from + step, 0), rows.length - 1)].focus();
}

// Colleagues come when their menu is opened; whoever stands on it then stands on the first of them.
document.addEventListener("htmx:afterSettle", (event) => {
  const menu = event.target.closest?.("[data-colleagues]")?.closest("[data-menu][open]");
  if (menu && document.activeElement === menu.querySelector("summary")) menu.querySelector("button")?.focus();
});

// --- small things ---

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("[data-menu][open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});
// A menu that would stick out at the side is drawn inside the window.
function drawInside(menu) {
  const box = menu?.open && menu.querySelector(":scope > :not(summary)");
  if (!box) return;
  box.style.translate = "none";
  const { left, right } = box.getBoundingClientRect();
  const wide = document.documentElement.clientWidth - 8;
  const by = right > wide ? Math.max(wide - right, 8 - left) : Math.max(8 - left, 0);
  if (by) box.style.translate = `${by}px 0`;
}
document.addEventListener("toggle", (event) => { if (event.target.matches?.("[data-menu]")) drawInside(event.target); }, true);
document.addEventListener("htmx:afterSettle", (event) => drawInside(event.target.closest?.("[data-menu]"))); // it grew
document.addEventListener("focusin", (event) => {
  if (event.target.matches?.("[data-copies]")) event.target.select();
});

// --- tabs and sections that are swiped: the one that is shown stands in sight ---

function inSight() {
  for (const here of document.querySelectorAll(":is(.tabs, .sections) [aria-current]")) {
    const row = here.closest("ul, .tabs");
    const [one, all] = [here.getBoundingClientRect(), row.getBoundingClientRect()];
    if (row.scrollWidth > row.clientWidth) row.scrollBy({ left: one.left + one.width / 2 - all.left - all.width / 2, behavior: "instant" });
  }
}
inSight();
// a count that comes later makes its tab wider
document.addEventListener("htmx:afterSettle", (event) => { if (event.target.closest?.(".tabs")) inSight(); });
