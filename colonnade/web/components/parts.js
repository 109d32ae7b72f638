// Parts that a page fetches by itself: what does not come is fetched again until it comes, and a place that would stand
// empty meanwhile, or show what is not what was asked for, says so.

const words = document.querySelector("template[data-said-when-cut]");
const AGAIN_MS = 1000;
const LONGEST_MS = 15_000;
const ASKED_FOR = ["toggle", "input", "search", "revealed", "intersect"];

const came = new WeakSet(); // elements whose part was here at least once
const failed = new Map(); // element -> how often, by what it was asked for, and the time of the next trial

const isFetched = ({ requestConfig }) => requestConfig.verb === "get" && requestConfig.triggeringEvent?.type !== "click";
const comesFirst = (element) => /\bload\b/.test(element.getAttribute("hx-trigger") ?? "") && !came.has(element);

function tell(target) {
  if (!words || target.tagName === "SPAN" || target.querySelector(":scope > [data-cut-part]")) return;
  const told = document.createElement("p");
  told.className = "said-so warn";
  told.dataset.cutPart = "";
  told.setAttribute("role", "status");
  told.append(words.content.cloneNode(true), words.dataset.toldCutPart);
  target.prepend(told);
}

function again(element, path) {
  const standing = failed.get(element);
  if (!element.isConnected) failed.delete(element);
  else if (standing) htmx.ajax("get", path, { source: element }).catch(() => {}); // told here once more
}

function hasFailed({ detail }) {
  const { elt, target, requestConfig } = detail;
  if (!isFetched(detail)) return;
  const standing = failed.get(elt) ?? { times: 0, by: requestConfig.triggeringEvent?.type };
  failed.set(elt, standing);
  standing.times += 1;
  if (target && (standing.by === "toggle" || standing.times > 1) && (ASKED_FOR.includes(standing.by) || comesFirst(elt))) tell(target);
  clearTimeout(standing.next);
  standing.path = requestConfig.path;
  standing.next = setTimeout(() => again(elt, standing.path), Math.min(AGAIN_MS * 2 ** (standing.times - 1), LONGEST_MS));
}

for (const name of ["htmx:sendError", "htmx:timeout"]) document.addEventListener(name, hasFailed);
document.addEventListener("htmx:responseError", (event) => { if (event.detail.xhr.status >= 500) hasFailed(event); });

document.addEventListener("htmx:afterRequest", ({ detail }) => {
  if (!detail.successful) return;
  came.add(detail.elt);
  clearTimeout(failed.get(detail.elt)?.next);
  failed.delete(detail.elt);
  detail.target?.querySelector?.(":scope > [data-cut-part]")?.remove();
});

window.addEventListener("online", () => { for (const [element, { path }] of failed) again(element, path); });
