// The row of columns: moved by dragging or with Alt and an arrow, made wider, taken away with a way back; dots on phones.
// Without this every button of a column's menu posts its form.

const row = document.querySelector("[data-columns]");
const says = document.querySelector("[data-says]");
const token = document.querySelector('meta[name="csrf-token"]')?.content;
const columns = () => [...row.querySelectorAll(":scope > .column")];

function tell(words, column, at) {
  says.textContent = words.replace("%title", column.getAttribute("aria-label")).replace("%at", at).replace("%all", columns().length);
}

async function post(address, fields) {
  const headers = { "X-CSRFToken": token, "HX-Request": "true" };
  const sent = { method: "POST", headers, body: new URLSearchParams(fields), credentials: "same-origin" };
  const answer = await fetch(address, sent).catch(() => null);
  if (!answer) document.dispatchEvent(new CustomEvent("colonnade:cut"));
  else if (!answer.ok) location.reload(); // what is shown is not what is kept
  return answer;
}

// Put a column before another (null: last); what is read in it stays where it is.
function place(column, before) {
  const box = column.querySelector(".posts");
  const top = box?.scrollTop;
  const held = column.contains(document.activeElement) ? document.activeElement : null;
  row.insertBefore(column, before);
  if (box) box.scrollTop = top;
  held?.focus({ preventScroll: true });
}

function keep(column) {
  const at = columns().indexOf(column);
  column.scrollIntoView({ inline: "nearest", block: "nearest" });
  tell(says.dataset.moved, column, at + 1);
  post(column.dataset.change, { to: at });
}

function step(column, by) {
  const all = columns();
  const to = all.indexOf(column) + by;
  if (!column.dataset.id || to < 0 || to >= all.length) return;
  place(column, by > 0 ? all[to].nextSibling : all[to]);
  keep(column);
}

row.addEventListener("keydown", (event) => {
  const way = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  const column = event.target.closest(".column");
  if (!way || !event.altKey || !column) return;
  event.preventDefault();
  step(column, getComputedStyle(row).direction === "rtl" ? -way : way);
});

row.addEventListener("click", async (event) => {
  const button = event.target.closest(".menu button");
  const column = button?.closest(".column");
  if (!column) return;
  event.preventDefault();
  if (button.dataset.step) step(column, Number(button.dataset.step));
  if (button.name === "width") {
    column.dataset.width = button.value;
    for (const one of column.querySelectorAll("[name=width]")) one.setAttribute("aria-pressed", String(one === button));
    tell(says.dataset.wide, column, button.value);
    post(button.formAction, { width: button.value });
  }
  if (button.dataset.removes !== undefined) {
    const answer = await post(button.formAction, {});
    if (!answer?.ok) return;
    const read = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-toast]");
    const next = column.nextElementSibling ?? column.previousElementSibling;
    column.remove();
    next?.querySelector(".posts")?.focus();
    if (read) document.querySelector("[data-toasts]").append(document.importNode(read, true));
    dots();
  }
});

// --- dragging by the head ---

let dragged = null;
row.addEventListener("dragstart", (event) => {
  if (!event.target.matches?.(".column > header")) return;
  dragged = event.target.closest(".column");
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", dragged.getAttribute("aria-label"));
  dragged.classList.add("dragged");
});
row.addEventListener("dragover", (event) => {
  const over = dragged && event.target.closest?.(".column");
  if (!dragged) return;
  event.preventDefault();
  if (!over || over === dragged) return;
  const box = over.getBoundingClientRect();
  const behind = (event.clientX > box.left + box.width / 2) !== (getComputedStyle(row).direction === "rtl");
  const before = behind ? over.nextElementSibling : over;
  if (before !== dragged && before !== dragged.nextElementSibling) place(dragged, before);
});
row.addEventListener("drop", (event) => { if (dragged) event.preventDefault(); });
row.addEventListener("dragend", () => {
  if (!dragged) return;
  dragged.classList.remove("dragged");
  keep(dragged);
  dragged = null;
});

// --- dots: which column the phone shows ---

function dots() {
  const links = [...document.querySelectorAll("[data-dots] a")];
  const all = columns();
  links.slice(all.length).forEach((link) => link.remove());
  const middle = innerWidth / 2;
  const at = all.findIndex((column) => { const box = column.getBoundingClientRect(); return box.left <= middle && box.right >= middle; });
  links.forEach((link, place) => (place === at ? link.setAttribute("aria-current", "true") : link.removeAttribute("aria-current")));
}
row.addEventListener("scroll", () => requestAnimationFrame(dots), { passive: true });
dots();
