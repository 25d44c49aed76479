// The review of a draft: text with its sound, doubts in place, saved by itself.
import {
  EditorState, EditorView, TextSelection, history, redo, redoDepth, tableEditing, undo, undoDepth, isInTable,
} from "./vendor/prosemirror.min.js";
import { $, $$, el, refuse, tell } from "./dom.js";
import { doubtBubble } from "./bubble.js";
import { chosen, insertTable, keys, tableCommands, toggleList, toggleTitle } from "./commands.js";
import { doubtsKey, doubtsPlugin, openDoubts, renew, reopen } from "./doubts.js";
import { measure } from "./floating.js";
import { originBubble } from "./origin.js";
import { onMove, playWord, sound } from "./player.js";
import { beforePosting } from "./posting.js";
import { completing } from "./recipient.js";
import { startSaving } from "./saving.js";
import { documentOf, sectionsOf } from "./schema.js";
import { openVault } from "./vault.js";
import { follower, runAt, wordsKey, wordsPlugin } from "./words.js";

const NO_END = 1_000_000; // steps that undo remembers

export async function startEditor(wave) {
  const form = $("#brouillon");
  const bench = JSON.parse($("#etabli").textContent);
  const frame = $("#editeur");
  const vault = await openVault(`${bench.login}:${bench.case}`, bench.key);
  const answers = Object.fromEntries(Object.entries(bench.answers).map(([index, decision]) => [index, [decision, ""]]));
  let doubts = null;
  let saver = null;

  // what a person typed in the page without this editor and could not be saved
  const typed = $("#sections[data-typed]")
    ? $$("#sections .section").map((node) => ({ heading: $("input", node).value, text: $("textarea", node).value, heading_origins: [], origins: [] }))
    : null;

  const state = EditorState.create({
    doc: documentOf(bench.sections, answers),
    plugins: [
      history({ depth: NO_END }),
      ...keys((way) => doubts.from(way > 0 ? view.state.selection.to : view.state.selection.from, way)),
      tableEditing(),
      wordsPlugin(bench.words),
      doubtsPlugin(bench.findings, (index) => doubts.open(index, { sounds: true })),
    ],
  });
  const view = new EditorView({ mount: $("#texte") }, {
    state,
    attributes: { role: "textbox", "aria-multiline": "true", "aria-label": "Texte du document", lang: "fr", spellcheck: "true" },
    dispatchTransaction(tr) {
      view.updateState(view.state.apply(tr));
      if (tr.docChanged) { doubts?.refresh(); saver?.changed(); }
      if (tr.docChanged || tr.selectionSet) bar();
      if (tr.docChanged) count();
    },
    createSelectionBetween(_view, $anchor, $head) {
      if ($anchor.pos === $head.pos || $anchor.parent.type.spec.tableRole || $head.parent.type.spec.tableRole) return null;
      if (!$anchor.parent.isTextblock || !$head.parent.isTextblock) return null;
      return $anchor.pos < $head.pos ? chosen($anchor.doc, $anchor.pos, $head.pos) : null;
    },
    handleClick(_view, place, event) {
      const near = event.target.closest(".doubt, .w");
      if (event.target.closest(".gap-chip")) return true;
      if (!near || !view.state.selection.empty) return false;
      const run = runAt(view.state, place);
      const word = run && run.token >= 0 ? bench.words[run.token] : null;
      if (word && word.start !== null && sound) playWord(word.start);
      const doubt = event.target.closest("[data-finding]");
      if (doubt) doubts.open(Number(doubt.dataset.finding));
      return false;
    },
  });
  $("#sans-script").remove();
  frame.hidden = false;
  measure($("#bandeau"));

  // --- buttons -------------------------------------------------------------------------------------------------------

  const commands = { undo, redo, title: toggleTitle, list: toggleList, table: insertTable, ...tableCommands };

  function bar() {
    for (const button of $$("[data-command]")) button.disabled = !commands[button.dataset.command](view.state);
    $("[data-command=undo]").disabled = !undoDepth(view.state);
    $("[data-command=redo]").disabled = !redoDepth(view.state);
    $("#tableau").hidden = !isInTable(view.state);
  }

  function count() {
    const open = openDoubts(view.state, bench.findings).map((one) => one.finding);
    const grave = open.filter((one) => one.grave).length;
    const gaps = open.filter((one) => one.gap).length;
    const rest = open.length - grave - gaps;
    const said = (number, one, many) => (number ? `${number} ${number > 1 ? many : one}` : "");
    const first = said(grave, "point grave à vérifier", "points graves à vérifier");
    const others = [said(gaps, "passage à écouter", "passages à écouter"), said(rest, "doute", "doutes")].filter(Boolean).join(", ");
    $("#compte").textContent = [first, others].filter(Boolean).join(", ") || "✓ aucun doute";
    $("#compte").className = grave ? "count-doubts bad" : open.length ? "count-doubts" : "count-doubts none";
    for (const button of $$("[data-doubt]")) button.disabled = !open.length;
    wave.then((one) => one.mark(open.filter((found) => found.start !== null)));
  }

  form.addEventListener("click", (event) => {
    const command = event.target.closest("[data-command]")?.dataset.command;
    if (command) { commands[command](view.state, view.dispatch, view); view.focus(); }
    const way = event.target.closest("[data-doubt]")?.dataset.doubt;
    if (way) goOn(Number(way));
    const words = event.target.closest(".take");
    if (words) takeIn(words);
  });
  document.addEventListener("click", (event) => { const words = event.target.closest(".take"); if (words && !form.contains(words)) takeIn(words); });

  function goOn(way) {
    if (doubts.current >= 0 && doubts.move(way)) return;
    const found = openDoubts(view.state, bench.findings);
    if (found.length) doubts.open(found.at(way > 0 ? 0 : -1).finding.index);
  }

  // words that were set aside go into the text where the caret stands
  function takeIn(button) {
    const { $to } = view.state.selection;
    const before = /[^\s«('’]$/.test($to.parent.textBetween(0, $to.parentOffset, "", " ")) ? " " : "";
    const after = /^[^\s.,;:!?…)»]/.test($to.parent.textBetween($to.parentOffset, $to.parent.content.size, "", " ")) ? " " : "";
    const tr = view.state.tr.insertText(before + button.dataset.words + after, $to.pos);
    tr.setSelection(TextSelection.create(tr.doc, $to.pos + before.length + button.dataset.words.length));
    view.dispatch(tr.scrollIntoView());
    view.focus();
    button.closest("li").classList.add("taken");
    $("#repris").textContent = `Mis dans le texte : ${button.dataset.words}`;
  }
  for (const button of $$(".take")) button.hidden = false;

  // --- sound ---------------------------------------------------------------------------------------------------------

  const tokenAt = follower(bench.words);
  let typedAt = 0;
  view.dom.addEventListener("keydown", () => { typedAt = Date.now(); });
  onMove((now) => {
    const lit = sound.paused && now === 0 ? -1 : tokenAt(now);
    if (lit === wordsKey.getState(view.state).lit) return;
    view.dispatch(view.state.tr.setMeta(wordsKey, { lit }).setMeta("addToHistory", false));
    // the eye is led only while nobody types or answers
    if (!sound.paused && doubts.current < 0 && Date.now() - typedAt > 3000) $(".lit", view.dom)?.scrollIntoView({ block: "nearest" });
  });

  // --- saving --------------------------------------------------------------------------------------------------------

  function load(sections, doc = documentOf(sections, view.state.doc.attrs.answers)) {
    const tr = view.state.tr.replaceWith(0, view.state.doc.content.size, doc.content);
    tr.setDocAttribute("answers", doc.attrs.answers);
    view.dispatch(tr);
  }

  doubts = doubtBubble(view, bench, { onNone() { saver.flush(); $("#approuver").focus(); } });
  saver = startSaving({
    view, bench, form, vault, load,
    written(found, sent) {
      for (const index of renew(view, bench.findings, found, sent)) delete saver.base.answers[index];
      doubts.refresh();
      count();
    },
    refused(index, why) { reopen(view, index); delete saver.base.answers[index]; refuse(why); doubts.open(index); },
  });
  originBubble(view, bench);

  for (const button of $$("[data-version]")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      const answer = await fetch(`/dossiers/${bench.case}/versions/${button.dataset.version}`).catch(() => null);
      if (!answer?.ok) { refuse("Cette version ne peut pas être lue maintenant."); return; }
      load((await answer.json()).sections);
      view.focus();
      tell(`Texte de la version ${button.dataset.version} repris : Ctrl Z revient en arrière.`);
    });
  }

  function fill() {
    $$("[data-section]", form).forEach((node) => node.remove());
    for (const part of sectionsOf(view.state.doc)) {
      for (const name of ["heading", "text"]) form.append(el("input", { type: "hidden", name, value: part[name], data: { section: "" } }));
    }
  }

  beforePosting(async (sent, button) => {
    const before = form.elements.pdf.value;
    if (saver.dirty() && !(await saver.flush())) {
      if (!$("#refus") && !$("#conflit")) refuse("Votre texte n'est pas encore enregistré : Calame ne répond pas. Il est gardé sur ce poste ; réessayez dans un instant.");
      return false;
    }
    if (sent !== form) return true;
    if (button?.value === "enregistrer") { tell("Enregistré. Le PDF montre la nouvelle version."); view.focus(); return false; }
    if (button?.value === "approuver" && (!(await saver.shown()) || form.elements.pdf.value !== before)) {
      tell("Votre texte a été enregistré : relisez le PDF, puis approuvez.");
      return false;
    }
    fill();
    return true;
  });

  bar();
  count();
  if (typed) load(typed);
  else await saver.replay();
  if (saver.conflict || completing()) return;
  const first = openDoubts(view.state, bench.findings)[0];
  const free = document.activeElement === document.body;
  if (first) doubts.open(first.finding.index, { keyboard: free });
  else if (free) view.focus();
}
