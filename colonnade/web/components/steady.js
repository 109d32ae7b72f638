// Lists that do not jump. What a living part fetches is put into the list that stands, row by row, by `data-key`:
// a row that changed is changed inside; one that came while the list is in use waits behind a pill ("2 new"); one that
// went is dimmed, and leaves when nobody points at the list any more. Focus stays where it was.
//
// In:  <div data-steady-target hx-get="…"> that holds one <ul data-steady data-says-new="%d new"> of <li data-key>.
//      data-refresh="NAME" beside it is replaced by its namesake; data-says="NAME" goes to the page's data-say="NAME".

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

const NO_NEWS = ".empty, .more, .day-head, .group"; // rows that are no news by themselves

const inUse = (list) => list.matches(":hover, :focus-within") || (list.closest("[data-scrolls]")?.scrollTop ?? 0) > 40;

// What a row came with, to know later whether it says something else; tokens of forms differ each time.
const words = (row) => row.innerHTML.replace(/(csrfmiddlewaretoken" value=")[^"]+/g, "$1");
function note(root) {
  for (const row of root.querySelectorAll("[data-steady] > [data-key]")) row.source ??= words(row);
}
note(document);
document.addEventListener("htmx:load", (event) => note(event.target.parentElement ?? document));

// A row in which somebody is doing something is left alone until they are done.
function isHeld(row) {
  if (row.querySelector("[data-menu][open], [data-chart-figures][open]")) return true;
  const box = row.querySelector("textarea");
  return Boolean(box) && (box.value.trim() !== "" || box === document.activeElement || Boolean(document.querySelector("[data-toast]")));
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
  const keys = [...coming.keys()];
  const end = keys.findLastIndex((key) => standing.has(key)); // what comes behind all that stands moves nothing
  const isBehind = (key) => end >= 0 && keys.indexOf(key) > end;
  const added = keys.filter((key) => !standing.has(key));
  if (!list.querySelector("[data-more]")) insert(list, fresh, added.filter(isBehind)); // else scrolling brings it
  list.waiting = { fresh, keys: added.filter((key) => !isBehind(key)) };
  const told = list.waiting.keys.filter((key) => !coming.get(key).matches(NO_NEWS));
  if (inUse(list)) pill(list, told.length + risen(list, fresh));
  else settle(list);
}

// How many rows that stand belong further up by now; where rather others sank, none.
function risen(list, fresh) {
  const stands = [...rowsOf(list).keys()];
  const wanted = [...rowsOf(fresh).keys()].filter((key) => stands.includes(key));
  const now = stands.filter((key) => wanted.includes(key));
  const up = wanted.filter((key, at) => at < now.indexOf(key)).length;
  return up <= wanted.filter((key, at) => at > now.indexOf(key)).length ? up : 0;
}

function change(row, other) {
  row.classList.remove("left");
  if (row.source === words(other) || isHeld(row)) return;
  const links = "a, button, input, summary, [tabindex]";
  const at = [...row.querySelectorAll(links)].indexOf(document.activeElement);
  const picked = row.querySelector("[data-pick]")?.checked;
  row.source = words(other);
  row.className = other.className;
  row.innerHTML = other.innerHTML;
  htmx.process(row);
  if (picked) row.querySelector("[data-pick]").checked = true;
  if (at >= 0) row.querySelectorAll(links)[at]?.focus({ preventScroll: true });
}

function insert(list, fresh, keys) {
  let before = null;
  for (const [key, row] of rowsOf(fresh)) {
    let stands = rowsOf(list).get(key);
    if (!stands && keys.includes(key)) {
      stands = document.importNode(row, true);
      stands.classList.add("arrives");
      list.insertBefore(stands, before ? before.nextSibling : list.firstChild);
      htmx.process(stands);
    }
    before = stands ?? before;
  }
  note(document);
}
function settle(list) {
  pill(list, 0);
  for (const row of list.querySelectorAll(":scope > .left")) {
    if (!row.matches(":focus-within")) row.remove();
  }
  if (!list.waiting) return;
  insert(list, list.waiting.fresh, list.waiting.keys.splice(0));
  let before = null; // and each where it belongs
  for (const key of rowsOf(list.waiting.fresh).keys()) {
    const row = rowsOf(list).get(key);
    const place = before ? before.nextElementSibling : list.firstElementChild;
    if (row && row !== place) list.insertBefore(row, place);
    before = row ?? before;
  }
}

function pill(list, count) {
  const shown = list.parentElement.querySelector(":scope > [data-new]");
  if (!count || !list.dataset.saysNew) return shown?.remove();
  const button = shown ?? document.createElement("button");
  button.dataset.new = "";
  button.type = "button";
  button.className = "chip on";
  button.textContent = list.dataset.saysNew.replace("%d", count);
  button.onclick = () => { list.closest("[data-scrolls]")?.scrollTo(0, 0); settle(list); list.querySelector("a")?.focus(); };
  if (!shown) list.before(button);
}

// Nobody points at it any more: what waited may come in.
document.addEventListener("pointerout", (event) => {
  const list = event.target.closest?.("[data-steady]");
  if (list && !list.contains(event.relatedTarget)) setTimeout(() => { if (!inUse(list)) settle(list); }, 600);
});
