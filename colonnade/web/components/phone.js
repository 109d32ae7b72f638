// The page's side of the service worker: starts it, says what is old, shows what waits for the network.

const words = document.querySelector("template[data-phone-words]")?.dataset ?? {};
const seat = document.querySelector('meta[name="colonnade-seat"]')?.content;

async function start() {
  if (!("serviceWorker" in navigator)) return;
  await navigator.serviceWorker.register("/sw.js");
  await navigator.serviceWorker.ready;
  navigator.serviceWorker.startMessages();
  await look();
}

// Whoever only reads gets nothing laid into their browser; whoever begins to write does, so that no word is lost.
if (seat && seat !== "anybody") start();
else if ("serviceWorker" in navigator) {
  navigator.serviceWorker.getRegistration("/").then((there) => { if (there) start(); });
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
    navigator.serviceWorker.ready.then((there) => there.active.postMessage(message, [port2]));
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
  if (waiting.length && navigator.onLine) (await navigator.serviceWorker.ready).active.postMessage("send");
}

function dropper(once) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn";
  button.textContent = words.drop;
  button.addEventListener("click", async () => {
    (await navigator.serviceWorker.ready).active.postMessage({ drop: once });
    button.parentElement.remove();
  });
  return button;
}

navigator.serviceWorker?.addEventListener("message", async (event) => {
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
window.addEventListener("online", () => { if (navigator.serviceWorker?.controller) look(); });
