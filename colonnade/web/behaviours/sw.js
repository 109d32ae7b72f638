// The service worker. Two parts, each minds its own events: pages without a network here, push below.

// === Part one: without a network one sees what one last saw, and what one wrote waits ================================

const FILES = "files-1";
const PAGES = "pages:"; // and whose they are: pages of another session are thrown away as soon as one is seen
const MOST_PAGES = 30;
const OFFLINE = "/offline";
const WORDS = /^\/(?:ask|(?:talk|conversations)\/\d+\/say|spaces\/[\w-]+\/start)$/;
const NEVER_KEPT = /^\/(?:account|back|embed|follow\/|files|attachments|live|api|rest)/;
const NEVER_TYPED = /^\/(?:account|settings\/sign-in|back|embed|demo|follow\/|live|api|rest)/; // passwords, and no words
const STATE = { network: 0, refused: 1, unsent: 2 };

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(FILES).then((files) => files.add(OFFLINE)).then(() => self.skipWaiting()));
});
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== location.origin) return;
  if (request.method === "GET" && url.pathname.startsWith("/assets/")) event.respondWith(file(request));
  else if (request.mode !== "navigate") return;
  else if (request.method === "GET") event.respondWith(page(event, url));
  else if (url.pathname === "/account/sign-out") event.waitUntil(forget());
  else if (request.method === "POST" && WORDS.test(url.pathname)) event.respondWith(send(event, url));
  else if (request.method === "POST" && isTyped(request, url)) event.respondWith(attempt(event, url));
});

self.addEventListener("sync", (event) => {
  if (event.tag === "words") event.waitUntil(sendWaiting());
});
self.addEventListener("message", (event) => {
  const [port] = event.ports;
  if (event.data === "waiting") event.waitUntil(shown().then((found) => port.postMessage(found)));
  if (event.data?.unsent) event.waitUntil(unsentOn(event.data.unsent).then((found) => port.postMessage(found)));
  if (event.data === "send") event.waitUntil(sendWaiting());
  if (event.data?.drop) event.waitUntil(rows("readwrite", (store) => store.delete(event.data.drop)));
});

// Files carry the hash of their content in their address, so what was kept is right for ever.
async function file(request) {
  const files = await caches.open(FILES);
  const kept = await files.match(request);
  if (kept) return kept;
  const answer = await fetch(request);
  if (answer.ok) await files.put(request, answer.clone());
  return answer;
}

async function page(event, url) {
  try {
    const answer = await fetch(event.request);
    if (answer.ok && !NEVER_KEPT.test(url.pathname)) event.waitUntil(keep(event.request.url, answer.clone()));
    return answer;
  } catch {
    return lastSeen(event.request.url);
  }
}

const seatIn = (html) => html.match(/<meta name="colonnade-seat" content="([^"]+)"/)?.[1];
const isOf = (name) => name.startsWith(PAGES);
const seatNow = async () => (await caches.keys()).find(isOf)?.slice(PAGES.length) ?? "anybody";

async function keep(address, answer) {
  if (!answer.headers.get("content-type")?.startsWith("text/html")) return;
  const html = await answer.text();
  const seat = seatIn(html);
  if (!seat) return;
  for (const name of await caches.keys()) if (isOf(name) && name !== PAGES + seat) await caches.delete(name);
  const pages = await caches.open(PAGES + seat);
  const headers = { "content-type": "text/html; charset=utf-8", "x-seen": new Date().toISOString() };
  headers["content-security-policy"] = answer.headers.get("content-security-policy") ?? "default-src 'none'";
  await pages.delete(address);
  await pages.put(address, new Response(html, { headers }));
  const all = await pages.keys();
  for (const old of all.slice(0, Math.max(0, all.length - MOST_PAGES))) await pages.delete(old);
}

async function lastSeen(address) {
  const pages = await caches.open(PAGES + (await seatNow()));
  const kept = await pages.match(address);
  if (!kept) return (await caches.match(OFFLINE)) ?? Response.error();
  const html = await kept.text();
  const old = html.replace("<html ", `<html data-shown-old="${kept.headers.get("x-seen")}" `);
  return new Response(old, { headers: kept.headers });
}

async function forget() {
  for (const name of await caches.keys()) if (isOf(name)) await caches.delete(name);
  await rows("readwrite", (store) => store.clear());
}

// --- words: kept before they are sent, under a key that the server takes once; gone when it has answered ---

function rows(mode, ask) {
  return new Promise((done, failed) => {
    const opening = indexedDB.open("colonnade", 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore("words", { keyPath: "once" });
    opening.onerror = () => failed(opening.error);
    opening.onsuccess = () => {
      const turn = opening.result.transaction("words", mode);
      const asked = ask(turn.objectStore("words"));
      turn.oncomplete = () => { opening.result.close(); done(asked.result); };
      turn.onerror = () => failed(turn.error);
    };
  });
}

const post = (entry, fields, redirect) => fetch(entry.path, {
  method: "POST", body: new URLSearchParams([...fields, ["once", entry.once]]), redirect, credentials: "same-origin",
});

async function entryOf(request, url) {
  const from = request.referrer ? new URL(request.referrer) : new URL("/", location.origin);
  return {
    once: crypto.randomUUID(), path: url.pathname, at: Date.now(), state: STATE.network, seat: await seatNow(),
    page: from.origin === location.origin && !WORDS.test(from.pathname) ? from.pathname + from.search : "/",
    fields: [...(await request.formData())].filter(([, value]) => typeof value === "string"),
  };
}

async function send(event, url) {
  const entry = await entryOf(event.request, url);
  await rows("readwrite", (store) => store.put(entry));
  try {
    const answer = await post(entry, entry.fields, "manual");
    if (answer.status < 500) await rows("readwrite", (store) => store.delete(entry.once));
    return answer;
  } catch {
    await self.registration.sync?.register("words").catch(() => {});
    return Response.redirect(new URL(entry.page, location.origin), 303);
  }
}

// Nobody sends what another wrote: only the same session does, or whoever became a guest by asking.
const mayFollow = (before, now) => before === now || (before === "anybody" && now?.startsWith("guest"));

const sendWaiting = () => navigator.locks.request("colonnade-words", async () => {
  for (const entry of await rows("readonly", (store) => store.getAll())) {
    if (entry.state !== STATE.network) continue;
    try {
      const html = await (await fetch(entry.page, { credentials: "same-origin" })).text();
      if (!mayFollow(entry.seat, seatIn(html))) continue;
      const answer = await post(entry, entry.fields.map(([name, value]) => [name, fresh(html, name) ?? value]), "follow");
      if (answer.status >= 500 || answer.status === 429) continue;
      if (answer.ok) await rows("readwrite", (store) => store.delete(entry.once));
      else await rows("readwrite", (store) => store.put({ ...entry, state: STATE.refused }));
      await tell({ words: answer.ok ? "sent" : "refused", page: entry.page, url: answer.url });
    } catch {
      return; // still no network: they go on waiting
    }
  }
});

// A form that waited long is sent with the signs of a page of now.
function fresh(html, name) {
  if (name !== "stamp" && name !== "csrfmiddlewaretoken") return undefined;
  return html.match(new RegExp(`name="${name}" value="([^"]+)"`))?.[1];
}

async function shown() {
  const seat = await seatNow();
  const all = await rows("readonly", (store) => store.getAll());
  const waiting = all.filter((entry) => entry.state !== STATE.unsent);
  return waiting.filter((entry) => mayFollow(entry.seat, seat)).map(({ once, at, state, fields }) => ({
    once, at, refused: state === STATE.refused, text: fields.find(([name]) => name === "text")?.[1] ?? "",
  }));
}

// --- any other form: sent as ever; one that could not be comes back with what was typed, where it was typed ---

const UNREACHED = [502, 503, 504]; // what a proxy says when the server behind it is away
const isTyped = (request, url) => !NEVER_TYPED.test(url.pathname)
  && request.headers.get("content-type")?.startsWith("application/x-www-form-urlencoded");

async function attempt(event, url) {
  const copy = event.request.clone();
  const once = `unsent ${url.pathname}`;
  try {
    const answer = await fetch(event.request);
    if (UNREACHED.includes(answer.status)) throw new Error(`not reached: ${answer.status}`);
    event.waitUntil(rows("readwrite", (store) => store.delete(once)));
    return answer;
  } catch {
    const entry = await entryOf(copy, url);
    if (entry.fields.some(([name]) => name.includes("password"))) return Response.error();
    await rows("readwrite", (store) => store.put({ ...entry, once, state: STATE.unsent }));
    return Response.redirect(new URL(entry.page, location.origin), 303);
  }
}

async function unsentOn(page) {
  const seat = await seatNow();
  const all = await rows("readonly", (store) => store.getAll());
  return all.filter((entry) => entry.state === STATE.unsent && entry.page === page && entry.seat === seat);
}

async function tell(message) {
  for (const client of await self.clients.matchAll({ includeUncontrolled: true })) client.postMessage(message);
}

// === Part two: push ==================================================================================================

self.addEventListener("push", (event) => {
  const said = event.data?.json() ?? {};
  const shown = { body: said.body, tag: said.url, data: { url: said.url ?? "/notices" } };
  event.waitUntil(self.registration.showNotification(said.title ?? "Colonnade", shown));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(self.clients.openWindow(event.notification.data.url));
});
