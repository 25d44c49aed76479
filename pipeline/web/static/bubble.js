// The small window at a doubt: what it is about, its proposals, and one key for each answer.
import { TextSelection } from "./vendor/prosemirror.min.js";
import { $, el } from "./dom.js";
import { activate, decide, doubtsKey, openDoubts } from "./doubts.js";
import { listened, playAround, sound } from "./player.js";
import { place as beside } from "./floating.js";

export function doubtBubble(view, bench, { onNone }) {
  const box = el("div", { id: "bulle", className: "bubble", hidden: true, aria: { role: "dialog", labelledby: "bulle-mot", describedby: "bulle-quoi" } });
  view.dom.parentElement.append(box);
  let current = null;

  const all = () => openDoubts(view.state, bench.findings);

  function close({ focus = true } = {}) {
    if (!current) return;
    const at = current.place?.to;
    current = null;
    box.hidden = true;
    activate(view, -1);
    if (focus) {
      view.focus();
      if (at !== undefined) view.dispatch(selectAt(view.state, at));
    }
  }

  // with the keyboard, unless somebody writes already: their letters must not answer a doubt
  function open(index, { sounds = false, keyboard = true } = {}) {
    const found = all().find((one) => one.finding.index === index);
    if (!found) return false;
    current = found;
    activate(view, index);
    box.replaceChildren(...content(found));
    box.className = `bubble ${found.finding.kind}${found.finding.grave ? " grave" : ""}`;
    box.hidden = false;
    show();
    if (keyboard) $("button:not(:disabled)", box)?.focus({ preventScroll: true });
    if (sounds) hear();
    return true;
  }

  function show() {
    if (!current) return;
    const node = current.place && current.finding.gap
      ? $(".gap-chip", view.dom)
      : $(`.doubt[data-finding="${current.finding.index}"]`, view.dom);
    beside(box, node ?? $("#compte"), view.dom.parentElement, { aside: true });
  }

  function content({ finding, place }) {
    const key = (name) => el("kbd", { textContent: name, aria: { hidden: "true" } });
    const head = el("p", { className: "bubble-head" },
      finding.grave ? el("span", { className: "mark", textContent: "!", aria: { hidden: "true" } }) : null,
      el("strong", { id: "bulle-mot", textContent: finding.gap ? "Passage sans texte" : finding.excerpt }),
      el("small", { id: "bulle-quoi", textContent: saying(finding, place) }));
    const answers = el("div", { className: "answers" });
    const add = (label, run, { code, name = "", kind = "", title = "", off = false }) => {
      const button = el("button", { type: "button", className: kind, title, disabled: off, data: code ? { answer: code } : {} }, ...(name ? [key(name), " "] : []), label);
      button.addEventListener("click", run);
      answers.append(button);
      return button;
    };
    if (place) {
      finding.proposals.forEach((one, number) =>
        add(one.text, () => take(number), { code: String(number + 1), name: String(number + 1), kind: "proposal", title: one.why }));
    }
    if (finding.gap) {
      const done = listened(finding.start, finding.end);
      const play = add(`▶ Écouter ${finding.span}`, hear, { code: "p", name: "P", kind: done ? "" : "first" });
      if (!sound) play.remove();
      add("Écouté", () => settle("heard"), { code: "e", name: "E", kind: done ? "first" : "", off: !done });
    } else {
      add("Garder", () => settle("kept"), { code: "g", name: "G" });
      if (finding.teaches) add("Ajouter au dictionnaire", () => settle("learned"), { code: "a", name: "A" });
      if (place) add("Corriger", correct, { code: "c", name: "C", kind: "plain" });
      if (sound && finding.start !== null) add(`▶ ${finding.span.split("–")[0]}`, hear, { code: "p", name: "P", kind: "plain" });
    }
    const far = el("p", { className: "bubble-keys", aria: { hidden: "true" } }, el("kbd", { textContent: "Tab" }), " suivant · ", el("kbd", { textContent: "Échap" }), " texte");
    return [head, answers, far];
  }

  function saying(finding, place) {
    const why = finding.message || finding.label;
    if (!place && finding.sentence !== undefined) return `${why} · dans le titre du document`;
    return place || finding.gap ? why : `${why} · ces mots ne sont pas dans le document`;
  }

  function hear() {
    if (current && sound && current.finding.start !== null) playAround(current.finding.start, current.finding.end);
  }

  function settle(decision, text = "") {
    const { finding } = current;
    if (finding.gap && !listened(finding.start, finding.end)) { hear(); return; }
    const after = follower();
    if (!decide(view, finding, decision, text, bench.login)) return;
    advance(after);
  }

  function take(number) { settle("replaced", current.finding.proposals[number].text); }

  function correct() {
    const { from, to } = current.place;
    close({ focus: false });
    view.focus();
    view.dispatch(selectAt(view.state, from, to));
  }

  // which doubts follow the current one: the first of them that is still open is next
  const follower = () => {
    const list = all().map((one) => one.finding.index);
    const at = list.indexOf(current.finding.index);
    return [...list.slice(at + 1), ...list.slice(0, at)];
  };

  function advance(after) {
    const still = new Set(all().map((one) => one.finding.index));
    const next = after.find((index) => still.has(index));
    if (next === undefined) { close(); onNone(); } else open(next);
  }

  function move(way) {
    const list = all().map((one) => one.finding.index);
    const next = list[list.indexOf(current.finding.index) + way];
    if (next === undefined) return false;
    return open(next);
  }

  // from the caret: the next doubt after it, or before it
  function from(caret, way) {
    const list = all();
    const found = way > 0
      ? list.find((one) => (one.place?.from ?? 0) >= caret) ?? (caret === 0 ? list[0] : undefined)
      : list.filter((one) => one.place && one.place.to <= caret && one.place.from < caret).at(-1);
    return found ? open(found.finding.index) : false;
  }

  box.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === "Tab") {
      event.preventDefault();
      if (move(event.shiftKey ? -1 : 1)) return;
      close();
      if (!event.shiftKey) onNone();
      return;
    }
    if (event.key === "Escape") { event.preventDefault(); close(); return; }
    const buttons = [...box.querySelectorAll("button:not(:disabled)")];
    const way = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (way) {
      event.preventDefault();
      buttons[(buttons.indexOf(document.activeElement) + way + buttons.length) % buttons.length]?.focus();
      return;
    }
    // the place of the key, because on a French keyboard a digit needs Shift
    const digit = /^(?:Digit|Numpad)([1-9])$/.exec(event.code)?.[1];
    const answer = box.querySelector(`[data-answer="${CSS.escape(digit ?? event.key.toLowerCase())}"]`);
    if (!answer || event.repeat) return;
    event.preventDefault();
    if (answer.disabled) hear(); // what must be played first is played
    else answer.click();
  });

  // A press elsewhere is for what lies there: the window goes first, and the press is left alone. What belongs to the
  // doubt keeps it open: its own words, the arrows of the doubts, the recording. (On a touch screen "mousedown" is a tap,
  // not the beginning of a scroll.)
  document.addEventListener("mousedown", (event) => {
    if (!current || box.contains(event.target)) return;
    if (event.target.closest?.("[data-doubt], .player, .gap-chip, .ProseMirror .doubt.current")) return;
    close({ focus: false });
  }, { capture: true });

  sound?.addEventListener("timeupdate", () => {
    const button = current?.finding.gap ? $("[data-answer=e]", box) : null;
    if (!button?.disabled || !listened(current.finding.start, current.finding.end)) return;
    button.disabled = false;
    button.classList.add("first");
    if (box.contains(document.activeElement)) button.focus({ preventScroll: true });
  });
  sound?.addEventListener("error", () => { if (current?.finding.gap) open(current.finding.index, { keyboard: box.contains(document.activeElement) }); });
  addEventListener("resize", show);

  return {
    open,
    close,
    move,
    from,
    get current() { return current?.finding.index ?? -1; },
    // the words under it were changed or undone: it follows, or goes
    refresh() {
      if (!current) return;
      const { answers } = doubtsKey.getState(view.state);
      if (answers[current.finding.index]) { current = null; box.hidden = true; return; }
      current = all().find((one) => one.finding.index === current.finding.index) ?? null;
      show();
    },
  };
}

function selectAt(state, from, to = from) {
  return state.tr.setSelection(TextSelection.create(state.doc, from, to)).scrollIntoView();
}
