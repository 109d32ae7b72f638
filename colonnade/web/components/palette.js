// The palette (Ctrl-K, or whatever has data-opens-palette) and the keys (?). Both are fetched when first wanted.

const RECENT = "colonnade-recent";
const MOST = 40;
const opened = new Map();

async function dialog(part) {
  if (!opened.has(part)) {
    const answer = await fetch(`/palette?part=${part}`, { credentials: "same-origin" }).catch(() => null);
    if (!answer?.ok) { document.dispatchEvent(new CustomEvent("colonnade:cut")); return null; }
    const read = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("dialog");
    opened.set(part, document.body.appendChild(document.importNode(read, true)));
    if (part === "dialog") new Palette(opened.get(part));
  }
  return opened.get(part);
}

const recent = () => { try { return JSON.parse(localStorage.getItem(RECENT)) ?? []; } catch { return []; } };
const remember = (url) => {
  try { localStorage.setItem(RECENT, JSON.stringify([url, ...recent().filter((one) => one !== url)].slice(0, 12))); } catch { /* none kept */ }
};

// Where the words stand in a title and how well: as they are written, else letter by letter from the beginning of a
// word on; null where they do not. Beginnings of words weigh more, gaps less.
function fits(words, title) {
  const text = title.toLocaleLowerCase();
  const asked = words.toLocaleLowerCase();
  const starts = (place) => !/[\p{L}\p{N}]/u.test(text[place - 1] ?? " ");
  const whole = text.indexOf(asked);
  if (whole >= 0) return { at: [...asked].map((_, step) => whole + step), score: 100 + (starts(whole) ? 10 : 0) - title.length / 50 };
  const at = [];
  let score = 0;
  for (const letter of asked.replaceAll(" ", "")) {
    let next = text.indexOf(letter, (at.at(-1) ?? -1) + 1);
    while (next >= 0 && next !== (at.at(-1) ?? -2) + 1 && !starts(next)) next = text.indexOf(letter, next + 1);
    if (next < 0) return null;
    score += starts(next) ? 3 : 1;
    at.push(next);
  }
  return { at, score };
}

class Palette {
  constructor(box) {
    this.box = box;
    this.field = box.querySelector("input");
    this.list = box.querySelector("ul");
    this.status = box.querySelector("[role=status]");
    this.items = [];
    this.more = [];
    this.field.addEventListener("input", () => this.write());
    this.field.addEventListener("keydown", (event) => this.key(event));
    this.list.addEventListener("click", (event) => this.go(event.target.closest("li")));
    box.addEventListener("click", (event) => { if (event.target === box) box.close(); });
    box.addEventListener("fresh", () => this.fresh());
  }

  async fresh() {
    this.field.value = "";
    this.more = [];
    this.waits = true;
    this.show();
    this.items = (await this.ask("")) ?? this.items;
    this.show();
  }

  // What there is to choose; null where the server did not say.
  async ask(words) {
    const answer = await fetch(`/palette${words && `?q=${encodeURIComponent(words)}`}`, { credentials: "same-origin" }).catch(() => null);
    this.waits = false;
    this.isCut = !answer?.ok;
    return answer?.ok ? (await answer.json()).items : null;
  }

  write() {
    clearTimeout(this.later);
    const words = this.field.value.trim();
    this.more = [];
    this.waits = words.length > 1;
    this.show();
    if (!this.waits) return;
    this.later = setTimeout(async () => {
      const more = (await this.ask(words)) ?? [];
      if (this.field.value.trim() === words) { this.more = more; this.show(); }
    }, 180);
  }

  show() {
    const words = this.field.value.trim();
    const order = recent();
    const near = ({ item }) => (order.includes(item.url) ? order.length - order.indexOf(item.url) : 0);
    const scored = this.items.map((item) => ({ item, fit: fits(words, item.title) })).filter((one) => one.fit);
    scored.sort((a, b) => (words ? b.fit.score - a.fit.score : 0) || near(b) - near(a));
    const known = new Set(scored.map((one) => one.item.url));
    const rows = [...scored, ...this.more.filter((item) => !known.has(item.url)).map((item) => ({ item, fit: { at: [] } }))];
    this.list.replaceChildren(...rows.slice(0, MOST).map((one, at) => this.row(one, at)));
    const { some, none, away } = this.status.dataset;
    this.status.textContent = this.isCut ? away : rows.length ? some.replace("%d", rows.length) : this.waits ? "" : none;
    this.choose(0);
  }

  row({ item, fit }, at) {
    const row = Object.assign(document.createElement("li"), { id: `palette-${at}` });
    row.setAttribute("role", "option");
    row.dataset.url = item.url;
    const icon = this.box.querySelector(`template[data-icon="${item.kind}"]`)?.content.cloneNode(true) ?? "";
    const title = Object.assign(document.createElement("b"), { dir: "auto" });
    [...item.title].forEach((letter, place) => {
      title.append(fit.at.includes(place) ? Object.assign(document.createElement("u"), { textContent: letter }) : letter);
    });
    row.append(icon, title);
    if (item.hint) row.append(Object.assign(document.createElement("span"), { textContent: item.hint }));
    return row;
  }

  choose(at) {
    const rows = [...this.list.children];
    this.at = rows.length ? (at + rows.length) % rows.length : -1;
    rows.forEach((row, place) => row.setAttribute("aria-selected", String(place === this.at)));
    rows[this.at]?.scrollIntoView({ block: "nearest" });
    if (this.at >= 0) this.field.setAttribute("aria-activedescendant", rows[this.at].id);
    else this.field.removeAttribute("aria-activedescendant");
  }

  key(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) { event.preventDefault(); this.choose(this.at + step); }
    if (event.key === "Enter") { event.preventDefault(); this.go(this.list.children[this.at]); }
  }

  go(row) {
    if (!row) return;
    remember(row.dataset.url);
    this.box.close();
    if (row.dataset.url === "#keys") show("keys");
    else location.assign(row.dataset.url);
  }
}

async function show(part) {
  const box = await dialog(part);
  if (!box || box.open) return;
  box.showModal();
  box.dispatchEvent(new Event("fresh"));
}

document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") { event.preventDefault(); show("dialog"); }
  const writes = event.target.matches?.("input, textarea, select, [contenteditable]");
  if (event.key === "?" && !writes) { event.preventDefault(); show("keys"); }
});
document.addEventListener("click", (event) => { if (event.target.closest?.("[data-opens-palette]")) show("dialog"); });
