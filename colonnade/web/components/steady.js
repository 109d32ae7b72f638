// Lists that do not jump. What a living part fetches is put into the list that stands, row by row, by `data-key`:
// a row that changed is changed inside; one that came while the list is in use waits behind a pill ("2 new"); one that
// went is dimmed, and leaves when nobody points at the list any more. Focus stays where it was.
//
// In:  <div data-steady-target hx-get="…"> that holds one <ul data-steady data-says-new="%d new"> of <li data-key>.
//      Elements beside it with data-refresh="NAME" are replaced by their namesakes.
//      Elements with data-says="NAME" go to the elements of the page with data-say="NAME".

const rowsOf = (list) => new Map([...list.children].filter((row) => row.dataset.key).map((row) => [row.dataset.key, row]));

document.addEventListener("htmx:beforeSwap", (event) => {
  const target = event.detail.target;
  if (!target.matches?.("[data-steady-target]") || event.detail.isError) return;
  const came = new DOMParser().parseFromString(event.detail.serverResponse, "text/html");
  for (const said of came.querySelectorAll("[data-says]")) {
    const place = document.querySelector(`[data-say="${said.dataset.says}"]`);
    if (place && place.innerHTML !== said.innerHTML) place.innerHTML = said.innerHTML;
  }
  const list = target.querySelector("[data-steady]");
  const fresh = came.querySelector("[data-steady]");
  if (!list || !fresh || list.dataset.shows !== fresh.dataset.shows) return;
  event.detail.shouldSwap = false;
  for (const part of came.querySelectorAll("[data-refresh]")) refresh(target, part);
  patch(list, fresh);
});

function refresh(target, part) {
  const old = target.querySelector(`[data-refresh="${part.dataset.refresh}"]`);
  if (!old || old.innerHTML === part.innerHTML || old.matches(":focus-within")) return;
  old.innerHTML = part.innerHTML;
  htmx.process(old);
}

const inUse = (list) => list.matches(":hover, :focus-within") || (list.closest("[data-scrolls]")?.scrollTop ?? 0) > 40;

// A row in which somebody is doing something is left alone until they are done.
function isHeld(row) {
  if (row.querySelector("[data-menu][open]")) return true;
  const words = row.querySelector("textarea");
  return Boolean(words) && (words.value.trim() !== "" || words === document.activeElement || Boolean(document.querySelector("[data-toast]")));
}

function patch(list, fresh) {
  const standing = rowsOf(list);
  const coming = rowsOf(fresh);
  const last = [...standing.keys()].findLastIndex((key) => coming.has(key));
  const whole = !fresh.querySelector("[data-more]");
  [...standing].forEach(([key, row], at) => {
    if (coming.has(key)) change(row, coming.get(key));
    else if ((whole || at < last) && !isHeld(row)) row.classList.add("left");
  });
  const added = [...coming].filter(([key]) => !standing.has(key));
  list.waiting = added.length ? { fresh, keys: added.map(([key]) => key) } : null;
  if (!inUse(list)) settle(list);
  else pill(list, added.length);
}

function change(row, other) {
  row.classList.remove("left");
  if (row.source === undefined) row.source = other.innerHTML; // what the page came with reads the same as what comes now
  else if (row.source === other.innerHTML) return;
  if (isHeld(row)) return;
  const links = "a, button, input, summary, [tabindex]";
  const at = [...row.querySelectorAll(links)].indexOf(document.activeElement);
  const picked = row.querySelector("[data-pick]")?.checked;
  row.source = other.innerHTML;
  row.innerHTML = other.innerHTML;
  htmx.process(row);
  if (picked) row.querySelector("[data-pick]").checked = true;
  if (at >= 0) row.querySelectorAll(links)[at]?.focus({ preventScroll: true });
}

function settle(list) {
  pill(list, 0);
  const waiting = list.waiting;
  list.waiting = null;
  for (const row of list.querySelectorAll(":scope > .left")) {
    if (!row.matches(":focus-within")) row.remove();
  }
  if (!waiting) return;
  let before = null;
  for (const row of [...waiting.fresh.children]) {
    const stands = row.dataset.key && rowsOf(list).get(row.dataset.key);
    if (!stands && waiting.keys.includes(row.dataset.key)) {
      const made = document.importNode(row, true);
      made.source = row.innerHTML;
      made.classList.add("arrives");
      if (before) before.after(made); else list.prepend(made);
      htmx.process(made);
      before = made;
    } else if (stands) before = stands;
  }
}

function pill(list, count) {
  const shown = list.parentElement.querySelector(":scope > [data-new]");
  if (!count || !list.dataset.saysNew) { shown?.remove(); return; }
  const button = shown ?? document.createElement("button");
  button.dataset.new = "";
  button.type = "button";
  button.className = "chip on";
  button.textContent = list.dataset.saysNew.replace("%d", count);
  button.onclick = () => { list.closest("[data-scrolls]")?.scrollTo(0, 0); settle(list); };
  if (!shown) list.before(button);
}

// Nobody points at it any more: what waited may come in.
document.addEventListener("pointerout", (event) => {
  const list = event.target.closest?.("[data-steady]");
  if (list && !list.contains(event.relatedTarget)) setTimeout(() => { if (!inUse(list)) settle(list); }, 600);
});
