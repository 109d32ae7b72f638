// Today by keyboard: j and k walk the cards, r answers in place, h hands over, a approves the card that has the focus,
// Escape closes what r opened.

const cards = () => [...document.querySelectorAll("[data-cards] > li:not(.left) > article")];
const isWriting = (element) => element.matches("input, textarea, select, [contenteditable]");
const current = () => document.activeElement.closest?.("[data-cards] article") ?? cards()[0];

function walk(step) {
  const all = cards();
  const at = all.indexOf(document.activeElement.closest?.("[data-cards] article"));
  all[Math.min(Math.max(at + step, 0), all.length - 1)]?.focus();
}

function handOver() {
  const menu = current()?.querySelector("[data-hand-over]");
  if (!menu) return;
  menu.open = true;
  menu.querySelector("[data-colleagues] button, summary").focus();
}

const KEYS = {
  j: () => walk(1),
  k: () => walk(-1),
  r: () => current()?.querySelector("[data-answer]")?.click(),
  h: handOver,
  a: () => document.activeElement.closest?.("[data-cards] article")?.querySelector("[data-approve]")?.click(),
};

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") closeComposer(event.target);
  if (isWriting(event.target) || event.ctrlKey || event.metaKey || event.altKey || !KEYS[event.key]) return;
  event.preventDefault();
  KEYS[event.key]();
});

// Only one composer is open at a time; one with words in it stays.
document.addEventListener("htmx:beforeRequest", (event) => {
  if (!event.target.matches("[data-answer]")) return;
  const open = document.querySelector(".in-place textarea");
  if (open?.value.trim()) { event.preventDefault(); open.focus(); return; }
  open?.closest(".in-place").replaceChildren();
});

function closeComposer(target) {
  const place = target.closest?.(".in-place");
  if (!place || target.value?.trim()) return;
  const card = place.closest("article");
  place.replaceChildren();
  card.focus();
}

// What has been handed over, put off or answered leaves at once; the server's word follows.
document.addEventListener("htmx:afterRequest", (event) => {
  const row = event.target.closest?.("[data-cards] > li");
  if (!row || !event.detail.successful || event.detail.requestConfig.verb !== "post") return;
  for (const menu of row.querySelectorAll("[data-menu][open]")) menu.open = false;
  if (!event.target.closest(".in-place")) {
    row.classList.add("left");
    cards()[0]?.focus({ preventScroll: true });
  }
});
