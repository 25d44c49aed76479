// The doubts in the text: underlined by kind, with the number of what was decided in the document itself (so that undo
// takes a decision back together with its words).
import { Decoration, DecorationSet, Plugin, PluginKey, closeHistory } from "./vendor/prosemirror.min.js";
import { schema } from "./schema.js";
import { runsOf } from "./words.js";

export const doubtsKey = new PluginKey("doubts");

// The first letters in a row that come from the doubt's tokens: {from, to}; null when none stands in the text. A token
// may be longer than what is doubted, by its full stop for one.
function placeOf(doc, finding, runs) {
  if (finding.sentence !== undefined) return writtenPlace(doc, finding);
  if (!finding.tokens.length) return null;
  const [first, last] = finding.tokens;
  const mine = runs.filter((run) => run.token >= first && run.token <= last);
  if (!mine.length) return null;
  let { from, to } = mine[0];
  for (const run of mine) if (run.from >= from && run.from - to <= 2) to = Math.max(to, run.to);
  const spaced = (text) => text.replace(/\s/g, " ").replaceAll("’", "'").toLowerCase();
  const at = spaced(doc.textBetween(from, to, " ", " ")).indexOf(spaced(finding.excerpt));
  return at < 0 ? { from, to } : { from: from + at, to: from + at + finding.excerpt.length };
}

// What the text itself says has no token: the nth time that its sentence stands in the text, and its words in there.
function writtenPlace(doc, finding) {
  const spaced = (text) => text.replace(/\s/g, " ").replaceAll("’", "'").toLowerCase();
  const [sentence, words] = [spaced(finding.sentence), spaced(finding.excerpt)];
  const [whole, anywhere] = [[], []];
  doc.descendants((node, place) => {
    if (!node.isTextblock) return;
    const text = spaced(node.textBetween(0, node.content.size, "\n", "\n"));
    const keep = (list, start) => list.push({ from: place + 1 + start, to: place + 1 + start + words.length });
    for (let at = text.indexOf(sentence); at >= 0; at = text.indexOf(sentence, at + 1)) {
      const inside = text.indexOf(words, at);
      if (inside >= 0) keep(whole, inside);
    }
    for (let at = text.indexOf(words); at >= 0; at = text.indexOf(words, at + 1)) keep(anywhere, at);
  });
  return whole[finding.nth - 1] ?? whole[0] ?? anywhere[0] ?? null;
}

// The server read the saved text: its open risks take the place of those that were known. An answer stays with its
// risk; one that the server did not take, because the sentence had changed, is open again.
export function renew(view, findings, written, sent) {
  const answers = { ...view.state.doc.attrs.answers };
  const open = new Set(written.map((one) => one.index));
  const kept = findings.filter((one) => one.sentence === undefined || (answers[one.index] && !open.has(one.index)));
  findings.splice(0, findings.length, ...kept, ...written);
  const untaken = [...open].filter((index) => answers[index] && answers[index] === sent[index]);
  for (const index of untaken) delete answers[index];
  const tr = view.state.tr.setMeta(doubtsKey, { renewed: true }).setMeta("addToHistory", false);
  if (untaken.length) tr.setDocAttribute("answers", answers);
  view.dispatch(tr);
  return untaken;
}

function gapPlace(doc, finding, runs) {
  const token = finding.tokens[1] ?? -1;
  const before = runs.filter((run) => run.token >= 0 && run.token <= token).at(-1);
  // before every word: the beginning of the first block under the first heading
  return before ? before.to : doc.firstChild.firstChild.nodeSize + 2;
}

export function doubtsPlugin(findings, onGap) {
  const build = (doc, active) => {
    const runs = runsOf(doc);
    const answers = doc.attrs.answers;
    const places = new Map();
    const marks = [];
    for (const one of findings) {
      if (one.gap) {
        const at = gapPlace(doc, one, runs);
        places.set(one.index, { from: at, to: at });
        if (answers[one.index]) continue;
        marks.push(Decoration.widget(at, () => chip(one, onGap), { side: 1, key: `gap-${one.index}-${active === one.index}`, ignoreSelection: true, stopEvent: () => true }));
        continue;
      }
      const place = placeOf(doc, one, runs);
      if (!place) continue;
      places.set(one.index, place);
      if (answers[one.index]) continue;
      const name = `doubt ${one.kind}${one.grave ? " grave" : ""}${active === one.index ? " current" : ""}`;
      marks.push(Decoration.inline(place.from, place.to, { class: name, "data-finding": String(one.index) }));
    }
    return { active, places, answers, set: DecorationSet.create(doc, marks) };
  };
  return new Plugin({
    key: doubtsKey,
    state: {
      init: (_config, state) => build(state.doc, -1),
      apply(tr, value) {
        const active = tr.getMeta(doubtsKey)?.active ?? value.active;
        return tr.docChanged || active !== value.active || tr.getMeta(doubtsKey)?.renewed ? build(tr.doc, active) : value;
      },
    },
    props: { decorations: (state) => doubtsKey.getState(state).set },
  });
}

function chip(finding, onGap) {
  const button = document.createElement("button");
  Object.assign(button, { type: "button", className: "gap-chip", tabIndex: -1, textContent: `▶ à écouter ${finding.span}`, contentEditable: "false" });
  button.addEventListener("mousedown", (event) => event.preventDefault());
  button.addEventListener("click", () => onGap(finding.index));
  return button;
}

// The open doubts in the order of the text; those that stand nowhere in it come first.
export function openDoubts(state, findings) {
  const { places, answers } = doubtsKey.getState(state);
  return findings
    .filter((one) => !answers[one.index])
    .map((finding) => ({ finding, place: places.get(finding.index) ?? null }))
    .sort((a, b) => (a.place?.from ?? -1) - (b.place?.from ?? -1) || a.finding.index - b.finding.index);
}

export function activate(view, index) {
  view.dispatch(view.state.tr.setMeta(doubtsKey, { active: index }).setMeta("addToHistory", false));
}

// Decide: the words and the decision change in one step, which one undo takes back.
export function decide(view, finding, decision, text, login) {
  const { state } = view;
  const tr = closeHistory(state.tr);
  const place = doubtsKey.getState(state).places.get(finding.index);
  if (decision === "replaced") {
    if (!place) return false;
    const marks = finding.tokens.length ? [schema.marks.heard.create({ token: finding.tokens[0], by: login, revision: 0 })] : [];
    const pieces = text.split("\n").flatMap((line, number) => [
      ...(number ? [schema.nodes.line.create()] : []),
      ...(line ? [schema.text(line, marks)] : []),
    ]);
    if (pieces.length) tr.replaceWith(place.from, place.to, pieces);
    else tr.delete(place.from, place.to);
  }
  tr.setDocAttribute("answers", { ...state.doc.attrs.answers, [finding.index]: decision === "replaced" ? [decision, text] : [decision, ""] });
  view.dispatch(tr);
  return true;
}

// The server did not take an answer: it is open again, and not a step that undo knows.
export function reopen(view, index) {
  const answers = { ...view.state.doc.attrs.answers };
  delete answers[index];
  view.dispatch(view.state.tr.setDocAttribute("answers", answers).setMeta("addToHistory", false));
}
