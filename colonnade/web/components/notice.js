// "Ring on this device": asks the browser, tells the server where to push, and takes both back.

const box = document.querySelector("[data-push]");
const on = box?.querySelector("[data-push-on]");
const off = box?.querySelector("[data-push-off]");

async function registration() {
  return (await navigator.serviceWorker.getRegistration("/")) ?? navigator.serviceWorker.register("/sw.js");
}

async function tell(address, fields = {}) {
  const token = document.querySelector('meta[name="csrf-token"]')?.content ?? "";
  const answer = await fetch(address, {
    method: "POST",
    headers: { "X-CSRFToken": token },
    body: new URLSearchParams(fields),
  });
  if (!answer.ok) throw new Error(await answer.text());
}

function show(rings) {
  on.hidden = rings;
  off.hidden = !rings;
}

function refused(is) {
  box.querySelector("[data-push-refused]").hidden = !is;
}

function bytesOf(key) {
  const plain = atob(key.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
}

async function begin() {
  if ((await Notification.requestPermission()) !== "granted") return refused(true);
  try {
    await registration();
    const worker = await navigator.serviceWorker.ready;
    const made = await worker.pushManager.subscribe({
      userVisibleOnly: true,
      applicationServerKey: bytesOf(box.dataset.key),
    });
    const { endpoint, keys } = made.toJSON();
    await tell(box.dataset.on, { endpoint, p256dh: keys.p256dh, auth: keys.auth });
    refused(false);
    show(true);
  } catch {
    refused(true);
  }
}

async function subscription() {
  try {
    const there = await navigator.serviceWorker.getRegistration("/");
    return await there?.pushManager.getSubscription();
  } catch {
    return undefined; // a browser that allows no worker has no subscription either
  }
}

async function end() {
  const made = await subscription();
  await tell(box.dataset.off);
  await made?.unsubscribe();
  show(false);
}

if (box && window.top === window && "serviceWorker" in navigator && "PushManager" in window) {
  box.hidden = false;
  on.addEventListener("click", begin);
  off.addEventListener("click", end);
  show(Boolean(await subscription()));
}
