// When the connection is cut: what htmx could not send is said where it was done, and everything typed stays where it
// is. What a page fetches by itself is the matter of parts.js.
//
// The words are those of the template [data-said-when-cut]. A form whose words carry a key ("once") may be sent again
// without fear: the server takes it once.

const template = document.querySelector("template[data-said-when-cut]");
const words = template?.dataset ?? {};
const SLOW_MS = 5000;
const LONGEST_WAIT_MS = 60_000;
const DONE_BY_SOMEBODY = ["click", "submit"]; // a menu that is opened fetches by itself: parts.js

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
    if (isAct(event.detail)) tell(elt, requestConfig.verb === "get" ? words.toldCut : heldBack(elt));
  });
}

document.addEventListener("htmx:responseError", (event) => {
  const { elt, xhr } = event.detail;
  if (isAct(event.detail)) tell(elt, xhr.status >= 500 ? words.toldFault : words.toldRefusedHere);
});

document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.successful && isAct(event.detail)) clear(place(event.detail.elt));
});

// Whoever was signed out meanwhile gets the page to sign in for an answer: it must not take the place of their words.
document.addEventListener("htmx:beforeSwap", (event) => {
  const from = event.detail.xhr.responseURL;
  if (!from || !new URL(from).pathname.startsWith("/account/")) return;
  event.detail.shouldSwap = false;
  if (isAct(event.detail)) tell(event.detail.elt, words.toldSignedOut);
});

// What other behaviours could not send is told in a toast.
document.addEventListener("colonnade:cut", () => {
  const toast = Object.assign(document.createElement("div"), { className: "toast card" });
  Object.assign(toast.dataset, { toast: "", lasts: 8 });
  toast.append(Object.assign(document.createElement("span"), { textContent: words.toldCut }));
  document.querySelector("[data-toasts]").append(toast);
});

// --- and when it is back ---

function back() {
  for (const told of document.querySelectorAll("[data-cut]")) {
    told.textContent = words.toldBack;
    told.classList.replace("bad", "good");
  }
}
window.addEventListener("online", back);
