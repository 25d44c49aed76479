// The form of a new recipient, inside the form of a draft or of an identity: Enter creates, and what was begun is not left
// unseen.
import { $, $$ } from "./dom.js";

export function startRecipient() {
  const box = $(".newcomer");
  if (!box) return;
  const fields = $$("input, textarea", box);
  let sending = false;
  const begun = () => "begun" in box.dataset || fields.some((one) => one.value !== one.defaultValue);

  box.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.ctrlKey || event.altKey || event.metaKey || !event.target.matches("input")) return;
    event.preventDefault(); // the first button of the form is another one
    if (!event.repeat) $("[data-create]", box).click();
  });
  box.addEventListener("input", () => { sending = false; });
  box.closest("form").addEventListener("submit", () => { sending = true; });
  addEventListener("beforeunload", (event) => { if (!sending && begun()) event.preventDefault(); });
}

// Who gets the document, at the top of the page, once the server has it.
export function showRecipient(to) {
  const line = $("#a-qui");
  if (!line || !to) return;
  line.textContent = to.text;
  line.classList.toggle("no", to.open);
  $("#choisir-a-qui").hidden = !to.open;
  line.parentElement.hidden = !to.text && !$(".quiet", line.parentElement);
}

// The line over the heads that are folded away.
export function showHeads(text) {
  const line = $("#tete");
  if (line && text) line.textContent = text;
}

// Whether the page came back to have this form completed: it keeps the keyboard.
export const completing = () => Boolean($(".newcomer [autofocus]"));
