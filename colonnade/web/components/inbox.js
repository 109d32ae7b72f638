// The inbox by keyboard (o opens, n notes, h hands over, x chooses), choosing several, and a head that keeps its focus.

const isWriting = (element) => element.matches("input:not([type=checkbox]), textarea, select, [contenteditable]");
const picks = () => [...document.querySelectorAll("[data-pick]")];
const picked = () => picks().filter((pick) => pick.checked);

// --- choosing several: from the last one to this with Shift ---

let lastPick = null;

function count() {
  const form = document.querySelector("[data-many]");
  if (!form) return;
  const chosen = picked().length;
  form.toggleAttribute("data-some", chosen > 0);
  const said = form.querySelector("[data-picked]");
  said.textContent = chosen ? said.dataset.picked.replace("%d", chosen) : "";
}

document.addEventListener("click", (event) => {
  const pick = event.target.closest?.("[data-pick]");
  if (!pick) return;
  if (event.shiftKey && lastPick?.isConnected) {
    const all = picks();
    const [from, to] = [all.indexOf(lastPick), all.indexOf(pick)].sort((one, other) => one - other);
    for (const between of all.slice(from, to + 1)) between.checked = pick.checked;
  }
  lastPick = pick;
});
document.addEventListener("change", (event) => { if (event.target.matches("[data-pick]")) count(); });
document.addEventListener("reset", () => setTimeout(count));
document.addEventListener("htmx:afterSwap", count);

// What was done to many is done: nothing is chosen any more.
document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.target.closest?.("[data-many]");
  if (!form || !event.detail.successful || event.detail.requestConfig.verb !== "post") return;
  for (const menu of form.querySelectorAll("[data-menu][open]")) menu.open = false;
  // The buttons go away with the choice: whoever pressed one stands on the first case that was chosen.
  if (form.contains(document.activeElement)) picked()[0]?.closest("li").querySelector("a.row").focus({ preventScroll: true });
  form.reset();
  for (const pick of picks()) pick.checked = false;
  count();
});

// --- keys ---

const row = () => document.activeElement.closest?.("[data-steady] > li") ?? document.querySelector("[data-steady] a[aria-current]")?.closest("li");

function handOver() {
  const form = picked().length ? document.querySelector("[data-many]") : document.querySelector("#head");
  const menu = form?.querySelector("[data-menu]");
  if (!menu) return;
  menu.open = true;
  menu.querySelector("[data-colleagues] button, summary").focus();
}

function note() {
  const box = document.querySelector("[data-note]");
  if (!box) return;
  box.checked = true;
  document.querySelector("[data-writes]").focus();
}

const KEYS = {
  o: () => row()?.querySelector("a.row").click(),
  x: () => row()?.querySelector("[data-pick]").click(),
  h: handOver,
  n: note,
};

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !isWriting(event.target) && picked().length) document.querySelector("[data-many]").reset();
  if (isWriting(event.target) || event.ctrlKey || event.metaKey || event.altKey || !KEYS[event.key]) return;
  event.preventDefault();
  KEYS[event.key]();
});

// --- the head looks again by itself: never under an open menu, never away from whoever stands on a button of it, and
// what it was just told stays long enough to be read ---

const READ_MS = 10_000;
const looksAgain = (event) => event.detail.target.id === "head" && event.detail.pathInfo.requestPath.endsWith("/look");

document.addEventListener("htmx:beforeSwap", (event) => {
  if (!looksAgain(event)) return;
  const head = event.detail.target;
  if (head.querySelector("[data-menu][open]") || head.matches(":focus-within")) event.detail.shouldSwap = false;
  head.told = head.querySelector("[role=alert]");
  if (head.told) head.told.since ??= performance.now();
});

document.addEventListener("htmx:afterSwap", (event) => {
  if (!looksAgain(event)) return;
  const { told } = event.detail.target;
  if (told && !told.isConnected && performance.now() - told.since < READ_MS) {
    event.detail.target.querySelector("header").append(told);
  }
});

// --- the open case is in sight in the list ---

document.addEventListener("htmx:load", (event) => {
  event.target.querySelector?.("[data-steady] a[aria-current]")?.scrollIntoView({ block: "nearest" });
}, { once: false });
