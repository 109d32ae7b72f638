// When the connection is cut: what htmx could not send is said where it was done, and everything typed stays where it
// is; what a page fetches by itself is fetched again until it comes.
//
// The words are those of the template [data-said-when-cut]. A form whose words carry a key ("once") may be sent again
// without fear: the server takes it once.

const template = document.querySelector("template[data-said-when-cut]");
const words = template?.dataset ?? {};
const AGAIN_MS = 1000;
const LONGEST_MS = 15_000;
const SLOW_MS = 5000;
const LONGEST_WAIT_MS = 60_000;
const DONE_BY_SOMEBODY = ["click", "submit", "toggle"];

const isAct = ({ requestConfig }) => DONE_BY_SOMEBODY.includes(requestConfig.triggeringEvent?.type);

// Where it is said: in the form whose words they are, else beside what was pressed.
function place(element) {
  const form = element.closest("form");
  if (form?.querySelector("textarea")) return form;
  return element.closest("[data-toast], [data-many], article, header, li, section") ?? element.parentElement;
}

function clear(at) {
  for (const told of at.querySelectorAll("[data-cut]")) told.remove();
}

function tell(element, said) {
  const at = place(element);
  clear(at);
  const told = document.createElement("p");
  told.className = "said-so bad";
  told.dataset.cut = "";
  told.setAttribute("role", "alert");
  told.append(template.content.cloneNode(true), said);
  if (at.tagName === "FORM") at.prepend(told);
  else at.append(told);
}

function heldBack(element) {
  const form = element.closest("form");
  return form?.querySelector("[name=once]") ? words.toldCutOnce : form?.querySelector("textarea") ? words.toldCutWords : words.toldCut;
}

// --- what nobody has to press again: fetched until it comes ---

const failed = new Map(); // element -> how often

function again(element, path) {
  const times = failed.get(element) ?? 0;
  failed.set(element, times + 1);
  setTimeout(() => {
    if (element.isConnected) htmx.ajax("get", path, { source: element }).catch(() => {}); // told here once more
    else failed.delete(element);
  }, Math.min(AGAIN_MS * 2 ** times, LONGEST_MS));
}

// Whoever waits is told so; a server that says nothing for long is as good as away.
document.addEventListener("htmx:configRequest", (event) => { event.detail.timeout = LONGEST_WAIT_MS; });
document.addEventListener("htmx:beforeSend", (event) => {
  if (!isAct(event.detail)) return;
  const { elt } = event.detail;
  clear(place(elt));
  elt.slow = setTimeout(() => { if (elt.isConnected) tell(elt, words.toldSlow); }, SLOW_MS);
});
document.addEventListener("htmx:afterRequest", (event) => clearTimeout(event.detail.elt.slow));

for (const name of ["htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(name, (event) => {
    const { elt, requestConfig } = event.detail;
    const comesByItself = requestConfig.verb === "get" && requestConfig.triggeringEvent?.type !== "click";
    if (isAct(event.detail)) tell(elt, comesByItself ? words.toldCut : heldBack(elt));
    if (comesByItself) again(elt, requestConfig.path);
  });
}

document.addEventListener("htmx:responseError", (event) => {
  const { elt, xhr } = event.detail;
  if (isAct(event.detail)) tell(elt, xhr.status >= 500 ? words.toldFault : words.toldRefusedHere);
});

document.addEventListener("htmx:afterRequest", (event) => {
  if (!event.detail.successful) return;
  const cameAfterAll = failed.delete(event.detail.elt);
  if (cameAfterAll || isAct(event.detail)) clear(place(event.detail.elt));
});

// Whoever was signed out meanwhile gets the page to sign in for an answer: it must not take the place of their words.
document.addEventListener("htmx:beforeSwap", (event) => {
  const from = event.detail.xhr.responseURL;
  if (!from || !new URL(from).pathname.startsWith("/account/")) return;
  event.detail.shouldSwap = false;
  if (isAct(event.detail)) tell(event.detail.elt, words.toldSignedOut);
});

// --- and when it is back ---

function back() {
  for (const told of document.querySelectorAll("[data-cut]")) {
    told.textContent = words.toldBack;
    told.classList.replace("bad", "good");
  }
}
window.addEventListener("online", back);
