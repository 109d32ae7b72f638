// Mentions by keyboard (y right, n wrong, e done, x chooses, - 0 + how it reads), sorted in their place, many at once. Posts come and go with
// their column, so everything is heard from the page.

const isWriting = (element) => element.matches("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");
const picks = () => [...document.querySelectorAll("[data-pick]")];
const picked = () => picks().filter((pick) => pick.checked);

// --- one mention: its line is answered with the line as it is now ---

document.addEventListener("click", async (event) => {
  const button = event.target.closest?.(".mention button[form=sort]");
  if (!button) return;
  event.preventDefault();
  const line = button.closest(".mention");
  if (line.busy) return;
  line.busy = true;
  const said = new FormData(button.form);
  said.append(button.name, button.value);
  try {
    const answer = await fetch(button.formAction, { method: "POST", body: said, headers: { "HX-Request": "true" } });
    if (!answer.ok) throw new Error(String(answer.status));
    replace(line, await answer.text());
    if (button.name === "relevant") document.body.dispatchEvent(new CustomEvent("colonnade:labelled"));
  } catch {
    line.busy = false;
    button.form.action = button.formAction; // what this page cannot say it asks for as a whole
    button.form.requestSubmit(button);
  }
});

function replace(line, html) {
  const fresh = new DOMParser().parseFromString(html, "text/html").querySelector(".mention");
  const at = [...line.querySelectorAll("button")].indexOf(document.activeElement);
  const chosen = line.querySelector("[data-pick]")?.checked;
  const came = document.importNode(fresh, true);
  line.replaceWith(came);
  if (chosen) came.querySelector("[data-pick]").checked = true;
  if (at >= 0) came.querySelectorAll("button")[at]?.focus({ preventScroll: true });
}

// --- several ---

function count() {
  const said = document.querySelector("[data-many] [data-picked]");
  if (said) said.textContent = picked().length ? said.dataset.picked.replace("%d", picked().length) : "";
}
document.addEventListener("change", (event) => { if (event.target.matches("[data-pick]")) count(); });
// Boxes that stand outside the form belong to it, so they are emptied with it.
document.addEventListener("reset", () => setTimeout(count));
// What was chosen is answered with new lines, so whoever acted stands on the first post of it afterwards: remembered by name, for the
// list may come anew meanwhile.
let first = null;
document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.target.closest?.("[data-many]") && event.detail.requestConfig.verb === "post") first = picked()[0]?.closest(".post")?.dataset.post;
});
document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.target.closest?.("[data-many]");
  if (!form || !event.detail.successful || event.detail.requestConfig.verb !== "post") return;
  if (form.contains(document.activeElement) || document.activeElement === document.body) {
    (document.querySelector(`.post[data-post="${first}"]`) ?? document.getElementById("main"))?.focus({ preventScroll: true });
  }
  for (const menu of form.querySelectorAll("[data-menu][open]")) menu.open = false;
  form.reset();
});

// --- keys: for the post on which somebody stands ---

const press = (key) => (post) => post.querySelector(`[data-in-post="${key}"]`)?.click();
const KEYS = { y: press("y"), n: press("n"), e: press("e"), x: (post) => post.querySelector("[data-pick]")?.click(), "-": press("-"), 0: press("0"), "+": press("+") };

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !isWriting(event.target) && picked().length) {
    for (const pick of picks()) pick.checked = false;
    count();
  }
  if (isWriting(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "j" || event.key === "k") return walk(event.key === "j" ? 1 : -1);
  const post = document.activeElement.closest?.(".post, .hit");
  if (!post || !KEYS[event.key] || !post.querySelector("[data-in-post]")) return;
  event.preventDefault();
  KEYS[event.key](post);
});

// A form remembers the button that was pressed last until it is left, and would go to its address with whatever comes next: so the one
// that asks for more to judge is left before it goes. Whoever pressed it goes on with the first post that has no answer.
const asksForMore = (event) => event.detail.requestConfig?.elt.name === "further";
document.addEventListener("htmx:beforeSwap", (event) => {
  if (asksForMore(event)) event.detail.requestConfig.elt.dispatchEvent(new FocusEvent("focusout", { bubbles: true }));
});
document.addEventListener("htmx:afterSettle", (event) => { if (asksForMore(event)) document.querySelector(".hit:not(:has(:checked))")?.focus(); });

// What goes into an address needs no token of a form.
document.addEventListener("submit", (event) => {
  const token = event.target.querySelector("[name=csrfmiddlewaretoken]");
  if (token) token.disabled = event.submitter?.formMethod === "get";
});

// The sample of a builder is walked as lists are.
function walk(step) {
  const hits = [...document.querySelectorAll(".hit")];
  const now = hits.indexOf(document.activeElement.closest?.(".hit"));
  hits[Math.min(Math.max(now + step, 0), hits.length - 1)]?.focus();
}
