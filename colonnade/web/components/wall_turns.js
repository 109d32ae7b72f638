// The panels of a wall take turns by themselves, slowly. An alert comes before all of them until it is over or somebody
// has seen it. Where the page is small it is a page like any other; where motion is not wanted, panels are cut, not moved,
// and stand twice as long. Nothing turns away under somebody's hand, or while it is held.

const wall = document.querySelector("[data-wall]");
const stage = wall.querySelector("[data-wall-stage]");
const turns = wall.querySelector("[data-wall-turns]");
const hold = wall.querySelector("[data-wall-hold]");
const sheets = [...stage.querySelectorAll("[data-sheet]")];
const alarm = sheets.find((one) => one.dataset.sheet === "alerts");
const panels = sheets.filter((one) => one !== alarm);
const large = matchMedia("(min-width: 1100px) and (min-height: 600px)");
const still = matchMedia("(prefers-reduced-motion: reduce)");
const SEEN = "colonnade-wall-seen";
const HAND_MS = 15_000;

let at = 0;
let timer = 0;
let touched = 0;
const isHeld = () => hold.getAttribute("aria-pressed") === "true";
const pace = () => Number(wall.dataset.wallSeconds) * 1000 * (still.matches ? 2 : 1);
const isEmpty = (sheet) => Boolean(sheet.querySelector(":scope > [data-skip]")) || sheet.childElementCount === 0;
const isBusy = () => performance.now() < touched || stage.contains(document.activeElement);

// --- an alert ---

const alertNow = () => alarm.querySelector("[data-alert]")?.dataset.alert;
const isAlarmed = () => Boolean(alertNow()) && sessionStorage.getItem(SEEN) !== alertNow();

// --- what is in front ---

function show() {
  const turning = large.matches;
  const front = isAlarmed() ? alarm : panels[at];
  wall.toggleAttribute("data-turning", turning);
  wall.toggleAttribute("data-alarmed", front === alarm);
  hold.hidden = turns.hidden = !turning || panels.length < 2;
  for (const sheet of sheets) {
    sheet.classList.toggle("front", sheet === front);
    sheet.inert = turning && sheet !== front;
  }
  for (const button of turns.querySelectorAll("button")) {
    const current = button.dataset.turnTo === front.dataset.sheet;
    button.toggleAttribute("aria-current", current);
    button.getAnimations().forEach((one) => one.cancel());
    if (current && !still.matches && !isHeld()) {
      button.animate({ backgroundSize: ["0 100%", "100% 100%"] }, { duration: pace(), fill: "forwards" });
    }
  }
}

function later(ms = pace()) {
  clearTimeout(timer);
  timer = setTimeout(next, ms);
}

function next() {
  if (isHeld() || isBusy() || isAlarmed() || !large.matches || document.hidden) return later(5000);
  for (let step = 1; step <= panels.length; step += 1) {
    const to = (at + step) % panels.length;
    if (!isEmpty(panels[to])) return turn(to);
  }
  return later();
}

// What comes to the front is fetched anew as it comes: what stood there may be as old as a whole round.
function turn(to) {
  at = to;
  panels[at].dispatchEvent(new CustomEvent("wall:look"));
  show();
  later();
}

turns.addEventListener("click", (event) => {
  const name = event.target.closest("[data-turn-to]")?.dataset.turnTo;
  const to = panels.findIndex((one) => one.dataset.sheet === name);
  if (to < 0) return;
  if (isAlarmed()) sessionStorage.setItem(SEEN, alertNow());
  turn(to);
});
hold.addEventListener("click", () => {
  hold.setAttribute("aria-pressed", String(!isHeld()));
  show();
  later();
});
stage.addEventListener("click", (event) => {
  if (!event.target.closest("[data-wall-seen]")) return;
  sessionStorage.setItem(SEEN, alertNow());
  document.activeElement.blur();
  show();
  later();
});
wall.addEventListener("pointermove", () => { touched = performance.now() + HAND_MS; });
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target === alarm) show();
  for (const part of event.detail.target.querySelectorAll("[data-part]")) part.style.flexGrow = part.dataset.part;
});
for (const media of [large, still]) media.addEventListener("change", show);
show();
later();
