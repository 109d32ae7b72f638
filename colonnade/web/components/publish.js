// Publish by keyboard: in the list of what waits for approval, `a` approves the row that has the focus, and no other.

const isWriting = (element) => element.matches("input, textarea, select, [contenteditable]");

document.addEventListener("keydown", (event) => {
  if (event.key !== "a" || isWriting(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
  const button = document.activeElement?.closest("[data-key], .second-look")?.querySelector("[data-approve]");
  if (!button) return;
  event.preventDefault();
  button.click();
});

// What has been looked at leaves at once; the server's word follows. The focus goes to the next.
document.addEventListener("htmx:afterRequest", (event) => {
  const row = event.target.closest?.(".agenda > [data-key]");
  if (!row || !event.detail.successful || event.detail.requestConfig.verb !== "post") return;
  row.classList.add("left");
  for (const menu of row.querySelectorAll("[data-menu][open]")) menu.open = false;
  const next = document.querySelector(".agenda > [data-key]:not(.left) a.row") ?? document.querySelector(".nothing a");
  next?.focus({ preventScroll: true });
});

// --- the composer: where nobody could be asked who sees it, no old answer stands there as if it were the present one ---

const compose = document.querySelector("#compose");
const FIRST_AGAIN_MS = 1000;
const LONGEST_AGAIN_MS = 15_000;
let wait = FIRST_AGAIN_MS;
let again = 0;

function unknown() {
  const sees = document.querySelector("#sees");
  sees.className = "sees unknown";
  sees.querySelector("span").textContent = compose.dataset.saysUnknown;
  clearTimeout(again);
  again = setTimeout(() => htmx.trigger(compose, "colonnade:again"), wait);
  wait = Math.min(wait * 2, LONGEST_AGAIN_MS);
}

for (const name of ["htmx:sendError", "htmx:timeout", "htmx:responseError"]) {
  compose?.addEventListener(name, (event) => { if (event.target === compose) unknown(); });
}
compose?.addEventListener("htmx:afterRequest", (event) => {
  if (event.target !== compose || !event.detail.successful) return;
  clearTimeout(again);
  wait = FIRST_AGAIN_MS;
});
