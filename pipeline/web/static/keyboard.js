// Keys that press a button or follow a link of the page: data-key="ctrl+Enter".
import { $ } from "./dom.js";

function named(event) {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  return [event.ctrlKey || event.metaKey ? "ctrl" : "", event.altKey ? "alt" : "", key].filter(Boolean).join("+");
}

// A page that came by itself after the last document was approved, signed or confirmed: a key held or pressed twice must
// not settle this document too before anybody saw it.
const came = /[?&]fait=(approuve|signe|confirme|renvoye)/.test(location.search) ? Date.now() : 0;
const seen = () => !came || (Date.now() - came > 800 && ($(".sheets img")?.complete ?? true));

export function startKeyboard() {
  document.addEventListener("keydown", (event) => {
    const typing = event.target.matches("input, textarea, select") || event.target.isContentEditable;
    const name = named(event);
    const target = $(`[data-key="${CSS.escape(name)}"]`);
    if (!target || !(name.includes("+") || (!typing && !event.target.closest("button, a, summary, [role=dialog]")))) return;
    event.preventDefault();
    if (event.repeat || (name === "ctrl+Enter" && !seen())) return;
    if (!target.matches("input")) target.click();
    else if (target.checkVisibility()) target.focus();
    else target.form.requestSubmit(); // a narrow screen has no room for the field: its page has one
  }, { capture: true }); // before the editor, which takes every Enter
}
