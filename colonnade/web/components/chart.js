// A chart frame: says in words what the pointer is on, keeps its figures open when its numbers come anew, and says so
// when they do not come.

const frameOf = (event) => event.target.closest?.("[data-chart]");

function read(mark) {
  const frame = mark.closest("[data-chart]");
  for (const other of frame.querySelectorAll(".mark.read")) other.classList.remove("read");
  mark.classList.add("read");
  frame.querySelector("[data-chart-reads]").textContent = mark.dataset.says;
}

document.addEventListener("pointerover", (event) => {
  const mark = event.target.closest?.(".mark[data-says]");
  if (mark) read(mark);
});
document.addEventListener("pointerout", (event) => {
  const picture = event.target.closest?.("[data-chart-picture]");
  if (!picture || picture.contains(event.relatedTarget)) return;
  const frame = frameOf(event);
  for (const mark of frame.querySelectorAll(".mark.read")) mark.classList.remove("read");
  frame.querySelector("[data-chart-reads]").textContent = "";
});

// Whoever reads the figures, or is about to take the chart out, is not disturbed; whoever has left figures open finds them open.
document.addEventListener("htmx:beforeSwap", (event) => {
  const open = event.detail.target.querySelector?.("[data-chart-figures][open]");
  const taken = event.detail.target.querySelector?.("[data-chart-take][open]");
  if (taken || open?.matches(":focus-within")) event.detail.shouldSwap = false;
  event.detail.target.figuresOpen = Boolean(open);
});
document.addEventListener("htmx:afterSwap", (event) => {
  const figures = event.detail.target.querySelector?.("[data-chart-figures]");
  if (figures && event.detail.target.figuresOpen) figures.open = true;
});

for (const name of ["htmx:responseError", "htmx:sendError"]) {
  document.addEventListener(name, (event) => {
    for (const said of event.target.querySelectorAll?.("[data-chart-failed]") ?? []) said.hidden = false;
  });
}
