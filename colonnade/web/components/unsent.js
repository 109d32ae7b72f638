// A form that could not be sent, since there was no network: what was typed stands in it again, and it says so. The
// service worker keeps it until the form goes through.

const template = document.querySelector("template[data-said-when-cut]");
const workers = window.top === window ? navigator.serviceWorker : undefined;
const OWN = ["csrfmiddlewaretoken", "stamp", "version", "once", "seen"]; // these are of the page, not of its writer

function ask(worker, message) {
  return new Promise((done) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = (event) => done(event.data);
    worker.postMessage(message, [port2]);
  });
}

const goesTo = (form, path) => form.method === "post"
  && (new URL(form.action).pathname === path || form.querySelector(`[formaction="${path}"]`));

function put(form, fields) {
  for (const field of form.elements) {
    if (!field.name || field.type === "hidden" || field.tagName === "BUTTON" || OWN.includes(field.name)) continue;
    const written = fields.filter(([name]) => name === field.name).map(([, value]) => value);
    if (field.type === "checkbox" || field.type === "radio") field.checked = written.includes(field.value);
    else if (written.length) field.value = written[0];
  }
  form.dispatchEvent(new Event("input", { bubbles: true })); // whatever shows what is typed looks again
}

function tell(form) {
  const told = document.createElement("p");
  told.className = "said-so bad";
  told.dataset.unsent = "";
  told.setAttribute("role", "alert");
  told.append(template.content.cloneNode(true), template.dataset.toldUnsent);
  form.prepend(told);
}

async function fill() {
  const there = await workers.getRegistration("/").catch(() => undefined); // refused is as good as none
  if (!there?.active) return;
  for (const { path, fields } of await ask(there.active, { unsent: location.pathname + location.search })) {
    const form = [...document.forms].find((one) => goesTo(one, path));
    if (!form) continue;
    form.closest("details")?.setAttribute("open", "");
    put(form, fields);
    tell(form);
  }
}

if (workers && template) fill();
