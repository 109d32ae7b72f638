// Names of lists while a query is written: after "list:" those that begin so are offered below the field. Arrows choose, Enter or
// Tab takes, Escape closes; a finger or a mouse takes as well. The names are fetched when first wanted (data-completes says where).

const BEGUN = /(?:^|[\s(-])list:([^\s()"“”„‟«»＂{}]*)$/i;

let number = 1;

class Completing {
  constructor(field) {
    this.field = field;
    this.at = 0;
    field.setAttribute("aria-autocomplete", "list");
    field.addEventListener("input", () => this.offer());
    field.addEventListener("keydown", (event) => this.press(event));
    field.addEventListener("blur", () => setTimeout(() => this.close(), 150)); // a press on a name comes first
  }

  // The box with the names; null where they did not come: then one writes them oneself, and is asked again later.
  async fetched() {
    const answer = await fetch(this.field.dataset.completes, { credentials: "same-origin" }).catch(() => null);
    if (!answer?.ok) return null;
    const read = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[role=listbox]");
    this.box = document.importNode(read, true);
    this.box.id = `named-${number++}`;
    for (const [at, name] of this.names.entries()) name.id = `${this.box.id}-${at}`;
    this.box.hidden = true;
    this.field.after(this.box);
    this.field.setAttribute("aria-controls", this.box.id);
    this.box.addEventListener("pointerdown", (event) => {
      const name = event.target.closest("[role=option]");
      event.preventDefault();
      if (name) this.take(name);
    });
    return this.box;
  }

  get begun() {
    const { value, selectionStart, selectionEnd } = this.field;
    return selectionStart === selectionEnd ? BEGUN.exec(value.slice(0, selectionStart))?.[1] : undefined;
  }

  get names() { return [...this.box.querySelectorAll("[role=option]:not([hidden])")]; }

  async offer() {
    if (this.begun === undefined) return this.close();
    if (!this.box) await (this.coming ??= this.fetched().finally(() => { this.coming = undefined; }));
    const { begun } = this;
    if (!this.box || begun === undefined) return undefined;
    const asked = begun.toLowerCase();
    for (const name of this.box.children) name.hidden = !name.textContent.startsWith(asked) || name.textContent === asked;
    if (!this.names.length) return this.close();
    this.box.hidden = false;
    return this.point(0);
  }

  point(at) {
    const { names } = this;
    this.at = (at + names.length) % names.length;
    for (const [number, name] of names.entries()) name.setAttribute("aria-selected", String(number === this.at));
    this.field.setAttribute("aria-activedescendant", names[this.at].id);
    names[this.at].scrollIntoView({ block: "nearest" });
  }

  press(event) {
    if (!this.box || this.box.hidden || event.isComposing) return;
    const steps = { ArrowDown: 1, ArrowUp: -1 };
    if (event.key in steps) this.point(this.at + steps[event.key]);
    else if (event.key === "Enter" || event.key === "Tab") this.take(this.names[this.at]);
    else if (event.key === "Escape") this.close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  take(name) {
    const { field, begun } = this;
    const end = field.selectionStart;
    field.setRangeText(`${name.textContent} `, end - begun.length, end, "end");
    this.close();
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.focus();
  }

  close() {
    if (!this.box) return;
    this.box.hidden = true;
    this.field.removeAttribute("aria-activedescendant");
  }
}

for (const field of document.querySelectorAll("[data-completes]")) new Completing(field);
