// Pass a link on: copy it, or go on to one's own server. Nobody is called before the reader chose.

for (const button of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard) continue;
  button.hidden = false;
  const words = button.textContent;
  button.addEventListener("click", async () => {
    const field = document.getElementById(button.dataset.copy);
    field.select();
    await navigator.clipboard.writeText(field.value);
    button.textContent = button.dataset.done;
    setTimeout(() => { button.textContent = words; }, 2000);
  });
}

const HOST = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]+$/;

for (const form of document.querySelectorAll("[data-share]")) {
  form.addEventListener("submit", (event) => {
    const written = form.elements.server.value.trim().toLowerCase();
    const host = written.replace(/^https?:\/\//, "").split("/")[0].split("@").pop();
    if (!HOST.test(host)) return; // the server says what is wrong
    event.preventDefault();
    location.assign(`https://${host}/share?text=${encodeURIComponent(form.dataset.text)}`);
  });
}
