// A passkey that was not given is told in words, where one looks: allauth's own script tells only the console.
//
// The words are those of the template [data-passkey-words], by what the browser calls the fault.

const words = document.querySelector("template[data-passkey-words]");
const at = document.querySelector("[data-passkey-told]");
const BY_FAULT = {
  NotAllowedError: "toldNotGiven",
  AbortError: "toldNotGiven",
  InvalidStateError: "toldAlready",
  SecurityError: "toldElsewhere",
  NotSupportedError: "toldUnable",
  ConstraintError: "toldUnable",
};

function tell(said) {
  const told = document.createElement("p");
  told.className = "said-so bad";
  told.append(words.content.cloneNode(true), said);
  at.replaceChildren(told);
}

document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  // Over plain http a browser offers no passkeys at all, but on localhost.
  const fault = window.isSecureContext ? event.detail.exception?.name : "SecurityError";
  tell(words.dataset[BY_FAULT[fault] ?? "toldNotAsked"]);
});
