// A column: its newest posts, older ones when one scrolls down, and exactly what has come since, however often the
// connection is cut. The cursor moves only when what it stands for is on the page, so that nothing is lost; a post has
// one place on the page, so that nothing comes twice.

const RETRY_MS = 1500;
const LONGEST_RETRY_MS = 30_000;

class Column {
  constructor(box) {
    this.box = box;
    this.address = box.dataset.column;
    this.cursor = box.dataset.cursor ?? ""; // a page that came with its posts
    this.older = box.dataset.more ?? "";
    this.busy = false;
    this.again = false;
    this.failures = 0;
    this.unseen = 0;
    box.addEventListener("colonnade:look", () => this.look());
    box.addEventListener("scroll", () => this.scrolled(), { passive: true });
    addEventListener("scroll", () => this.scrolled(), { passive: true }); // where the page scrolls, not the column
    this.look();
  }

  // One request at a time; a call meanwhile means: once more afterwards.
  async look() {
    if (this.busy) { this.again = true; return; }
    this.busy = true;
    try {
      do {
        this.again = false;
        await (this.cursor ? this.catchUp() : this.begin());
      } while (this.again);
      this.failures = 0;
    } catch {
      this.failures += 1;
      if (!this.cursor && this.failures > 1) this.tellOfFault();
      setTimeout(() => this.look(), Math.min(RETRY_MS * 2 ** (this.failures - 1), LONGEST_RETRY_MS));
    } finally {
      this.busy = false;
    }
  }

  async ask(more) {
    const answer = await fetch(`${this.address}${more}`, { credentials: "same-origin", headers: { "HX-Request": "true" } });
    if (answer.status === 410) { this.cursor = ""; this.again = true; return null; }
    if (!answer.ok) throw new Error(`column: ${answer.status}`);
    return new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-cursor]");
  }

  async begin() {
    const part = await this.ask("");
    if (!part) return;
    this.older = part.dataset.more ?? "";
    this.box.replaceChildren(...[...part.children].map((child) => document.importNode(child, true)));
    this.cursor = part.dataset.cursor;
    this.box.setAttribute("aria-busy", "false");
  }

  async catchUp() {
    const part = await this.ask(`&after=${encodeURIComponent(this.cursor)}`);
    if (!part) return;
    const top = this.box.scrollTop;
    const height = this.box.scrollHeight;
    let added = 0;
    for (const post of [...part.children]) added += this.put(document.importNode(post, true));
    this.cursor = part.dataset.cursor;
    if (added && top > 8) {
      this.box.scrollTop = top + (this.box.scrollHeight - height);
      this.unseen += added;
      this.pill();
    }
  }

  // What would stand empty and busy for ever says why; the first posts that come take its place.
  tellOfFault() {
    const words = document.querySelector("template[data-said-when-cut]");
    this.box.setAttribute("aria-busy", "false");
    if (!words || this.box.querySelector("[data-cut-part]")) return;
    const told = Object.assign(document.createElement("p"), { className: "said-so warn" });
    told.dataset.cutPart = "";
    told.setAttribute("role", "status");
    told.append(words.content.cloneNode(true), words.dataset.toldCutPart);
    this.box.replaceChildren(told);
  }

  // Where a post belongs, newest first. Returns how many came to be on the page: 1 or 0.
  put(post) {
    const there = this.box.querySelector(`[data-post="${post.dataset.post}"]`);
    if (there) {
      post.classList.remove("new", "arrives");
      const stops = "a, button";
      const at = there.contains(document.activeElement) ? [there, ...there.querySelectorAll(stops)].indexOf(document.activeElement) : -1;
      there.replaceWith(post);
      if (at >= 0) ([post, ...post.querySelectorAll(stops)][at] ?? post).focus({ preventScroll: true });
      return 0;
    }
    if (post.hasAttribute("data-changed")) return 0;
    this.box.querySelector("[data-empty]")?.remove();
    const id = BigInt(post.dataset.post);
    const next = [...this.box.querySelectorAll("[data-post]")].find((other) => BigInt(other.dataset.post) < id);
    if (next) next.before(post);
    else this.box.append(post);
    setTimeout(() => post.classList.remove("new"), 8000);
    return 1;
  }

  pill() {
    let pill = this.box.parentElement.querySelector("[data-fresh]");
    if (!pill) {
      pill = document.createElement("button");
      pill.className = "btn main fresh";
      pill.dataset.fresh = "";
      pill.addEventListener("click", () => { this.box.scrollTo({ top: 0, behavior: "smooth" }); });
      this.box.before(pill);
    }
    pill.textContent = (this.box.dataset.saysNew ?? "%d new").replace("%d", String(this.unseen));
  }

  scrolled() {
    if (this.box.scrollTop < 8) {
      this.unseen = 0;
      this.box.parentElement.querySelector("[data-fresh]")?.remove();
    }
    if (this.older && this.below() < 400) this.deeper();
  }

  // How much of the column still lies below what one sees.
  below() {
    const own = this.box.scrollHeight - this.box.clientHeight;
    return own > 1 ? own - this.box.scrollTop : this.box.getBoundingClientRect().bottom - innerHeight;
  }

  async deeper() {
    const before = this.older;
    this.older = "";
    try {
      const part = await this.ask(`&before=${before}`);
      if (!part) return;
      for (const post of part.querySelectorAll("[data-post]")) this.put(document.importNode(post, true));
      this.older = part.dataset.more ?? "";
    } catch {
      this.older = before;
    }
  }
}

for (const box of document.querySelectorAll("[data-column]")) new Column(box);
