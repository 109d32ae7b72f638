// The page's side of the service worker: starts it, says what is old, shows what waits for the network.

const words = document.querySelector("template[data-phone-words]")?.dataset ?? {};
const seat = document.querySelector('meta[name="colonnade-seat"]')?.content;
// Nothing inside a frame, such as the ask box on another site: that is the other site's page, and browsers refuse it.
const workers = window.top === window ? navigator.serviceWorker : undefined;

async function start() {
  try {
    await workers.register("/sw.js");
  } catch {
    return; // the reader's browser allows none, or the network is away: the page works without
  }
  await workers.ready;
  workers.startMessages();
  await look();
}

// Whoever only reads gets nothing laid into their browser; whoever begins to write does, so that no word is lost.
if (workers && seat && seat !== "anybody") start();
else if (workers) {
  workers.getRegistration("/").then((there) => { if (there) start(); }, () => {}); // refused is as good as none
  document.addEventListener("focusin", (event) => {
    if (event.target.closest?.("[data-queues]")) start();
  }, { once: false });
}

// --- what is shown is old ---

function line(kind, text) {
  const made = document.createElement("p");
  made.className = `said-so ${kind}`;
  made.textContent = text;
  return made;
}

function place() {
  let box = document.querySelector("[data-phone]");
  if (!box) {
    box = document.createElement("div");
    box.className = "phone-says";
    box.dataset.phone = "";
    box.setAttribute("role", "status");
    document.querySelector("main").prepend(box);
  }
  return box;
}

const old = document.documentElement.dataset.shownOld;
if (old) {
  const when = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" });
  place().prepend(line("warn", words.old.replace("%s", when.format(new Date(old)))));
}

// --- what waits ---

function ask(message) {
  return new Promise((done) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = (event) => done(event.data);
    workers.ready.then((there) => there.active.postMessage(message, [port2]));
  });
}

async function look() {
  const waiting = await ask("waiting");
  for (const shown of document.querySelectorAll("[data-waits]")) shown.remove();
  for (const one of waiting) {
    const shown = line(one.refused ? "bad" : "warn", one.refused ? words.refused : words.waits);
    shown.dataset.waits = one.once;
    const said = document.createElement("q");
    said.textContent = one.text;
    shown.append(" ", said);
    if (one.refused) shown.append(dropper(one.once));
    place().append(shown);
  }
  if (waiting.length && navigator.onLine) (await workers.ready).active.postMessage("send");
}

function dropper(once) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn";
  button.textContent = words.drop;
  button.addEventListener("click", async () => {
    (await workers.ready).active.postMessage({ drop: once });
    button.parentElement.remove();
  });
  return button;
}

workers?.addEventListener("message", async (event) => {
  if (!event.data?.words) return;
  await look();
  if (event.data.words !== "sent") return;
  const told = line("good", words.sent);
  const link = document.createElement("a");
  link.href = event.data.url;
  link.textContent = words.see;
  told.append(" ", link);
  place().append(told);
});
window.addEventListener("online", () => { if (workers?.controller) look(); });
