// The button that another site shows. It asks our server for nothing before somebody clicks.
(() => {
  const me = document.currentScript;
  const key = me?.dataset.key;
  if (!key) return;
  const home = new URL(me.src).origin;
  const words = me.dataset.words || "Ask us";
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = words;
  button.setAttribute("aria-expanded", "false");
  Object.assign(button.style, {
    position: "fixed", insetInlineEnd: "20px", insetBlockEnd: "20px", zIndex: 2147483000, font: "600 15px/1 system-ui, sans-serif",
    padding: "14px 20px", borderRadius: "999px", border: "0", cursor: "pointer",
    background: dark ? "#66c5c7" : "#0b6a72", color: dark ? "#0c2426" : "#fff", boxShadow: "0 8px 28px rgb(30 36 44 / .22)",
  });
  let frame = null;
  const show = (open) => {
    if (open && !frame) {
      frame = document.createElement("iframe");
      frame.src = `${home}/embed/${encodeURIComponent(key)}`;
      frame.title = words;
      Object.assign(frame.style, {
        position: "fixed", insetInlineEnd: "20px", insetBlockEnd: "80px", zIndex: 2147483000, border: "0", borderRadius: "14px",
        inlineSize: "min(380px, calc(100vw - 40px))", blockSize: "min(560px, calc(100vh - 110px))",
        boxShadow: "0 8px 28px rgb(30 36 44 / .22)", colorScheme: "light dark",
      });
      button.before(frame);
    }
    frame.hidden = !open;
    button.setAttribute("aria-expanded", String(open));
    if (open) frame.focus(); else button.focus();
  };
  button.addEventListener("click", () => show(!frame || frame.hidden));
  addEventListener("keydown", (event) => { if (event.key === "Escape" && frame && !frame.hidden) show(false); });
  const place = () => document.body.append(button);
  if (document.body) place(); else addEventListener("DOMContentLoaded", place);
})();
