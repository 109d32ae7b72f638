// Push in the page: one stream a browser, shared by its tabs. It says where to look; the page fetches for itself.
//
// In:   elements that carry data-live-place, data-live-conversation, data-live-watch (an id) or data-live-all,
//       data-live-every="MS" beside it: told at most so often, the first time at once, and never the last time lost.
//       data-live-rare beside data-live-all: of what is rare and of no place too (an alert, a finding, a notice), at once,
//       whatever the pace.
//       data-live-again="MS": told once more so much later, for numbers that are added up a moment after they change.
//       And <meta name="colonnade-live" content="CURSOR">: how far the server knew when it made the page.
// Out:  on document  "colonnade:hint"   { place, conversation, watch, many }   something to look at
//                    "colonnade:end"    { renewed }                            what may be seen has changed
//                    "colonnade:reload" cancelable                             too much was missed
//       on each element concerned  "colonnade:look"  with the same detail, not bubbling.
//
// The protocol is written down in docs/rooms/live.md.

const NAME = "colonnade-live";
const STREAM = "/live";
const TOKEN = "/live/token";
const MOST_INTERESTS = 64;
const SETTLE_MS = 60;
const LONGEST_PAUSE_MS = 60_000;
const KINDS = ["place", "conversation", "watch"];
const LIVING = KINDS.map((kind) => `[data-live-${kind}]`).concat("[data-live-all]").join(",");

const wait = (ms) => new Promise((done) => setTimeout(done, ms));

// What this page shows, as the fields of a query: "place=17", "all=1".
function shown() {
  const fields = new Set();
  for (const element of document.querySelectorAll(LIVING)) {
    if (element.dataset.liveAll !== undefined) fields.add("all=1");
    for (const kind of KINDS) {
      const id = element.getAttribute(`data-live-${kind}`);
      if (id) fields.add(`${kind}=${encodeURIComponent(id)}`);
    }
  }
  return fields;
}

function tell(name, detail, cancelable = false) {
  return document.dispatchEvent(new CustomEvent(`colonnade:${name}`, { detail, cancelable }));
}

// A hint that names nothing is of something rare: an alert, a finding, a notice.
const isRare = (hint) => !hint.many && KINDS.every((kind) => !hint[kind]);

function concerns(element, hint) {
  if (isRare(hint)) return element.dataset.liveRare !== undefined;
  if (hint.many || element.dataset.liveAll !== undefined) return true;
  return KINDS.some((kind) => hint[kind] && hint[kind] === element.getAttribute(`data-live-${kind}`));
}

function look(hint) {
  tell("hint", hint);
  for (const element of document.querySelectorAll(LIVING)) {
    if (concerns(element, hint)) atItsPace(element, hint);
  }
}

// What is swapped in again and again keeps its pace by its id.
const paces = new Map();
const paceOf = (element) => {
  if (!element.id) return (element.pace ??= { next: 0 });
  if (!paces.has(element.id)) paces.set(element.id, { next: 0 });
  return paces.get(element.id);
};

function atItsPace(element, hint) {
  const every = Number(element.dataset.liveEvery ?? 0);
  const pace = paceOf(element);
  const left = pace.next - performance.now();
  if (left > 0 && !isRare(hint)) {
    pace.later ??= setTimeout(() => {
      delete pace.later;
      const there = element.isConnected ? element : element.id && document.getElementById(element.id);
      if (there) atItsPace(there, { ...hint, many: true }); // others may have come beside it
    }, left);
    return;
  }
  pace.next = performance.now() + every;
  element.dispatchEvent(new CustomEvent("colonnade:look", { detail: hint }));
  againLater(element, hint, pace);
}

function againLater(element, hint, pace) {
  const after = Number(element.dataset.liveAgain ?? 0);
  if (!after) return;
  clearTimeout(pace.again);
  pace.again = setTimeout(() => {
    const there = element.isConnected ? element : element.id && document.getElementById(element.id);
    if (there) there.dispatchEvent(new CustomEvent("colonnade:look", { detail: hint }));
  }, after);
}

function isBeingWritten() {
  const fields = document.querySelectorAll("textarea, input:not([type=hidden])");
  return [...fields].some((field) => field.value !== field.defaultValue);
}

// Fetch a new channel cookie. True: done. False: this viewer gets none. Raises when the server is away.
async function renewToken() {
  const headers = {};
  const csrf = document.querySelector('meta[name="csrf-token"]');
  if (csrf) headers["X-CSRFToken"] = csrf.content;
  const answer = await fetch(TOKEN, { method: "POST", headers, credentials: "same-origin" });
  if (answer.status >= 500 || answer.status === 429) throw new Error(`no token: ${answer.status}`);
  return answer.ok;
}

// The stream itself. `report(event)` hears { kind, id, hints, renewed } of each thing that it says.
class Stream {
  constructor(report) {
    this.report = report;
    this.source = null;
    this.fields = new Set();
    this.cursors = [];
    this.failures = 0;
    this.turn = 0;
    this.began = false; // whether this viewer ever had a stream
  }

  covers(fields) {
    return this.fields.has("all=1") || [...fields].every((field) => this.fields.has(field));
  }

  open(fields, cursors) {
    this.close();
    this.fields = fields.size > MOST_INTERESTS ? new Set(["all=1"]) : new Set(fields);
    this.cursors = [...new Set(cursors.filter(Boolean))];
    if (this.fields.size === 0) return;
    const after = this.cursors.map((cursor) => `after=${encodeURIComponent(cursor)}`);
    const source = new EventSource(`${STREAM}?${[...this.fields, ...after].join("&")}`);
    this.source = source;
    source.onopen = () => { this.failures = 0; this.began = true; };
    source.onerror = () => { if (source.readyState === EventSource.CLOSED) this.restart(); };
    for (const kind of ["hint", "renew", "end", "reload"]) {
      source.addEventListener(kind, (event) => {
        if (source === this.source) this[kind](event);
      });
    }
  }

  close() {
    this.turn += 1;
    if (this.source) this.source.close();
    this.source = null;
  }

  hint(event) {
    this.cursors = [event.lastEventId];
    const data = JSON.parse(event.data);
    this.report({ kind: "hint", id: event.lastEventId, hints: data.parts ?? [data] });
  }

  renew(event) {
    if (event.lastEventId) this.cursors = [event.lastEventId];
    this.close();
    this.again("renewed");
  }

  end() {
    this.close();
    this.again("ended");
  }

  reload(event) {
    this.cursors = [event.lastEventId];
    this.report({ kind: "reload", id: event.lastEventId });
    this.close();
    this.again("renewed");
  }

  restart() {
    this.close();
    this.failures += 1;
    this.again("renewed");
  }

  // A new token, then the same stream from where it was; longer pauses while the server is away.
  async again(reason) {
    const turn = this.turn;
    for (;;) {
      if (this.failures > 0) {
        const pause = Math.min(1000 * 2 ** this.failures, LONGEST_PAUSE_MS);
        await wait(pause * (0.5 + Math.random()));
      }
      if (turn !== this.turn) return;
      let renewed;
      try {
        renewed = await renewToken();
      } catch {
        this.failures += 1;
        continue;
      }
      if (turn !== this.turn) return;
      // Somebody without a token, such as a visitor who only reads, has lost nothing.
      if (reason === "ended" || (!renewed && this.began)) this.report({ kind: "end", renewed });
      if (renewed) this.open(this.fields, this.cursors);
      return;
    }
  }
}

// One tab of the browser: it shows things, and leads or follows.
class Tab {
  constructor() {
    this.id = crypto.randomUUID?.() ?? String(Math.random());
    this.fields = shown();
    this.after = document.querySelector(`meta[name="${NAME}"]`)?.content ?? "";
    this.shares = "locks" in navigator && "BroadcastChannel" in globalThis;
    this.channel = this.shares ? new BroadcastChannel(NAME) : null;
    this.stream = null; // the leader's alone
    this.others = new Map();
    this.covered = []; // the tabs that the present stream was opened for
    this.settling = new Map(); // what is to be done, by its name: a change of the page must not cancel an opening
  }

  start() {
    if (this.channel) {
      this.channel.onmessage = (message) => this.heard(message.data);
      this.stand();
      addEventListener("pagehide", () => this.leave());
      addEventListener("pageshow", (event) => { if (event.persisted) this.stand(); });
    } else {
      this.lead();
    }
    const watcher = new MutationObserver(() => this.settle("changed"));
    watcher.observe(document.documentElement, {
      subtree: true, childList: true, attributeFilter: [...KINDS.map((kind) => `data-live-${kind}`), "data-live-all"],
    });
  }

  // Ready to lead as soon as nobody else does.
  stand() {
    this.say({ type: "tab", ...this.state() });
    this.leaving = new AbortController();
    const held = () => { this.lead(); return new Promise((done) => { this.release = done; }); };
    navigator.locks.request(NAME, { signal: this.leaving.signal }, held).catch(() => {});
  }

  // A page that is left may be kept aside by the browser, asleep: then it must not go on leading.
  leave() {
    this.say({ type: "gone", tab: this.id });
    this.leaving.abort();
    clearTimeout(this.settling.get("reopen"));
    this.stream?.close();
    this.stream = null;
    this.others.clear();
    this.release?.();
  }

  state() {
    return { tab: this.id, fields: [...this.fields], after: this.after };
  }

  say(message) {
    this.channel?.postMessage(message);
  }

  settle(name) {
    clearTimeout(this.settling.get(name));
    this.settling.set(name, setTimeout(() => this[name](), SETTLE_MS));
  }

  lead() {
    this.stream = new Stream((event) => this.pass(event));
    this.say({ type: "who" });
    this.settle("reopen");
  }

  // The stream for all tabs: what any of them shows, from the oldest cursor of any. The server finds the oldest.
  reopen() {
    const tabs = [this.state(), ...this.others.values()];
    const fields = new Set(tabs.flatMap((tab) => tab.fields));
    this.covered = tabs.map((tab) => tab.tab);
    this.stream.open(fields, tabs.map((tab) => tab.after));
  }

  changed() {
    const fields = shown();
    const grown = [...fields].some((field) => !this.fields.has(field));
    this.fields = fields;
    if (!grown) return;
    if (!this.stream) this.say({ type: "tab", ...this.state() });
    else if (!this.stream.covers(fields)) this.reopen();
  }

  heard(message) {
    if (message.type === "who") this.say({ type: "tab", ...this.state() });
    if (message.type === "event") this.receive(message.event, message.covered);
    if (!this.stream) return;
    if (message.type === "gone") this.others.delete(message.tab);
    if (message.type === "tab") {
      this.others.set(message.tab, message);
      this.settle("reopen");
    }
  }

  // The leader passes on what the stream said. The cursor of a tab moves only where the stream covers that tab:
  // one that has just opened still misses what came between its page and the next stream.
  pass(event) {
    for (const tab of this.others.values()) {
      if (event.id && this.covered.includes(tab.tab)) tab.after = event.id;
    }
    this.say({ type: "event", event, covered: this.covered });
    this.receive(event, this.covered);
  }

  receive(event, covered) {
    if (event.id && covered.includes(this.id)) this.after = event.id;
    if (event.kind === "hint") event.hints.forEach(look);
    if (event.kind === "end") tell("end", { renewed: event.renewed });
    if (event.kind === "reload" && tell("reload", {}, true) && !isBeingWritten()) location.reload();
  }
}

new Tab().start();
