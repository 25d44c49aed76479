// A form is sent once, and only when it will be heard.
import { el, refuse } from "./dom.js";
import { obstacle } from "./session.js";
import { wipe } from "./vault.js";

const STILL_HERE = 5000; // milliseconds after which a page that was not left may send again
let sending = false;
const before = []; // asked before any form of the page is sent: (form, button) → false to stop it

export const beforePosting = (check) => { before.push(check); };

async function post(event) {
  const form = event.target;
  if (form.getAttribute("method") !== "post" || !form.elements.csrf) return;
  event.preventDefault();
  if (sending) return;
  sending = true;
  let left = false;
  try {
    const button = event.submitter;
    let asked = 0;
    const agreed = async () => {
      for (; asked < before.length; asked += 1) if (!(await before[asked](form, button))) return false;
      return true;
    };
    if (!(await agreed())) return;
    if (form.matches(".who")) await wipe();
    const why = form.matches(".who") ? "" : await obstacle(form);
    if (why) { refuse(why); return; }
    if (!(await agreed())) return; // the editor that came meanwhile took the text into itself: it puts it back
    if (button?.name) form.append(el("input", { type: "hidden", name: button.name, value: button.value }));
    form.submit();
    left = true;
    setTimeout(() => { sending = false; }, STILL_HERE);
  } finally {
    if (!left) sending = false;
  }
}

export function startPosting() {
  document.addEventListener("submit", post);
  addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
}
