// A page that is printed, or kept as PDF, by the browser: its button is there only where a script can do that.

const button = document.querySelector("[data-print]");
button.hidden = false;
button.addEventListener("click", () => window.print());
