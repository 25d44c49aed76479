// Where a word comes from: the mouse or F2 shows what was heard, what changed it and who, and plays it.
import { $, el } from "./dom.js";
import { place } from "./floating.js";
import { playAround, sound } from "./player.js";
import { changedByHand, runAt } from "./words.js";

const WAIT = 450; // milliseconds that the mouse rests on a word

export function originBubble(view, bench) {
  const frame = view.dom.parentElement;
  const box = el("div", { id: "origine", className: "bubble origin", hidden: true, tabIndex: -1, aria: { role: "dialog", label: "D'où vient ce mot" } });
  frame.append(box);
  let timer = 0;
  let word = null;

  function hide({ focus = false } = {}) {
    clearTimeout(timer);
    box.hidden = true;
    if (focus) view.focus();
  }

  function lines(run) {
    const named = (login) => bench.people[login] ?? login;
    const found = [];
    word = run && run.token >= 0 ? bench.words[run.token] : null;
    if (word) {
      found.push(["Entendu", word.raw || word.text]);
      if (word.first) found.push(["Première écoute", word.first]);
      if (word.rule) found.push(["Règle", word.rule]);
      if (word.raw !== word.text || changedByHand(run, bench.words)) found.push(["Écrit par la machine", word.text]);
      found.push(["Sûreté", `${Math.round(word.sure * 100)} %`]);
    } else found.push(["Entendu", "rien : ce texte a été écrit"]);
    if (!run) found.push(["Écrit par", `${named(bench.login)}, maintenant`]);
    else if (run.token < 0 || run.by !== "worker") found.push(["Écrit par", run.revision ? `${named(run.by)}, version ${run.revision}` : `${named(run.by)}, maintenant`]);
    else if (changedByHand(run, bench.words)) found.push(["Changé par", `${named(bench.login)}, maintenant`]);
    return found;
  }

  function show(run, anchor, { focus = false } = {}) {
    const list = el("dl", {}, ...lines(run).flatMap(([name, value]) => [el("dt", { textContent: name }), el("dd", { textContent: value })]));
    const listen = word && word.start !== null && sound ? el("button", { type: "button", className: "proposal" }, "▶ Écouter ", el("kbd", { textContent: "P", aria: { hidden: "true" } })) : null;
    listen?.addEventListener("click", hear);
    box.replaceChildren(...[list, listen].filter(Boolean));
    box.hidden = false;
    place(box, anchor, frame);
    if (focus) { (listen ?? box).focus({ preventScroll: true }); if (listen) hear(); }
  }

  function hear() { if (word) playAround(word.start, word.end); }

  view.dom.addEventListener("mouseover", (event) => {
    const anchor = event.target.closest?.("[data-token]");
    clearTimeout(timer);
    if (!anchor) { timer = setTimeout(hide, WAIT); return; }
    timer = setTimeout(() => {
      if (!$("#bulle").hidden || !anchor.isConnected) return;
      show(runAt(view.state, view.posAtDOM(anchor, 0) + 1), anchor);
    }, WAIT);
  });
  view.dom.addEventListener("mouseleave", () => { clearTimeout(timer); timer = setTimeout(hide, WAIT); });
  box.addEventListener("mouseenter", () => clearTimeout(timer));
  box.addEventListener("mouseleave", () => hide());
  view.dom.addEventListener("keydown", (event) => {
    if (event.key === "F2") {
      event.preventDefault();
      const { from } = view.state.selection;
      const node = view.domAtPos(from).node;
      const anchor = (node.nodeType === Node.TEXT_NODE ? node.parentElement : node).closest("[data-token]") ?? node.parentElement;
      show(runAt(view.state, from), anchor, { focus: true });
    } else hide();
  });
  box.addEventListener("keydown", (event) => {
    if (event.key === "Escape" || event.key === "Tab") { event.preventDefault(); hide({ focus: true }); }
    if (event.key.toLowerCase() === "p") { event.preventDefault(); hear(); }
  });
}
