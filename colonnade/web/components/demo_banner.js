// The banner of the make-believe town: its clock goes on by itself; the rest is asked for every few seconds, unless
// somebody is just using it.
const banner = document.querySelector("[data-demo]");
const ENDS = 600;
const EVERY = 5000;
let seen = performance.now();

const position = () => {
  const gone = ((performance.now() - seen) / 1000) * Number(banner.dataset.speed);
  return Math.min(Number(banner.dataset.position) + gone, ENDS);
};

function tick() {
  const clock = banner.querySelector("[data-demo-clock]");
  const seconds = Math.floor(Math.max(position(), 0));
  if (clock) clock.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

async function look() {
  const parts = banner.querySelector("[data-demo-parts]");
  const used = parts.contains(document.activeElement) || parts.querySelector("details[open]") || parts.matches(":hover");
  if (document.hidden || used) return;
  try {
    const answer = await fetch(banner.dataset.demo, { headers: { "X-Demo": "1" } });
    if (!answer.ok) return;
    const text = await answer.text();
    if (parts.contains(document.activeElement) || parts.querySelector("details[open]")) return;
    parts.innerHTML = text;
    banner.dataset.position = answer.headers.get("X-Demo-Position") ?? banner.dataset.position;
    banner.dataset.speed = answer.headers.get("X-Demo-Speed") ?? banner.dataset.speed;
    seen = performance.now();
  } catch {
    // the server is away for a moment: the next look finds it
  }
}

if (banner) {
  setInterval(tick, 500);
  setInterval(look, EVERY);
}
