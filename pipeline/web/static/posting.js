// A form is sent once, and only when it will be heard.
import { el, refuse } from "./dom.js";
import { obstacle } from "./session.js";
import { wipe } from "./vault.js";

let sending = false;
const before = []; // asked before any form of the page is sent: (form, button) → false to stop it

export const beforePosting = (check) => { before.push(check); };

async function post(event) {
  const form = event.target;
  if (form.getAttribute("method") !== "post" || !form.elements.csrf) return;
  event.preventDefault();
  if (sending) return;
  sending = true;
  try {
    const button = event.submitter;
    for (const check of before) if (!(await check(form, button))) return;
    if (form.matches(".who")) await wipe();
    const why = form.matches(".who") ? "" : await obstacle(form);
    if (why) { refuse(why); return; }
    if (button?.name) form.append(el("input", { type: "hidden", name: button.name, value: button.value }));
    form.submit();
  } finally {
    sending = false;
  }
}

export function startPosting() {
  document.addEventListener("submit", post);
  addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
}
