// Which letters of the editor come from which word of the recording; the lit word; where each came from.
import { Decoration, DecorationSet, Plugin, PluginKey } from "./vendor/prosemirror.min.js";
import { schema } from "./schema.js";

export const wordsKey = new PluginKey("words");

// The letters in a row that come from one token: {token, from, to, text, by, revision}.
export function runsOf(doc) {
  const runs = [];
  doc.descendants((node, place, parent) => {
    if (!node.isText) return;
    const mark = schema.marks.heard.isInSet(node.marks);
    if (!mark) return;
    const { token, by, revision } = mark.attrs;
    const last = runs.at(-1);
    if (last && last.token === token && token >= 0 && last.to === place && last.parent === parent) {
      last.to += node.nodeSize;
      last.text += node.text;
    } else runs.push({ token, from: place, to: place + node.nodeSize, text: node.text, by, revision, parent });
  });
  return runs;
}

const bare = (text) => text.toLowerCase().replaceAll("’", "'").replace(/[^\p{L}\p{N}]+/gu, " ").trim();

// Whether a person wrote something else than the machine at this place.
export function changedByHand(run, words) {
  return run.token < 0 || run.by !== "worker" || !bare(words[run.token].text).includes(bare(run.text));
}

function classesOf(run, words) {
  if (run.token < 0) return "by-hand";
  const word = words[run.token];
  if (changedByHand(run, words)) return "by-hand";
  return [word.unsure ? "unsure" : "", word.rule === "appris" ? "learned" : ""].filter(Boolean).join(" ");
}

export function wordsPlugin(words) {
  const build = (doc) => {
    const runs = runsOf(doc);
    const marks = runs.flatMap((run) => {
      const name = classesOf(run, words);
      return name ? [Decoration.inline(run.from, run.to, { class: name })] : [];
    });
    const byToken = new Map();
    for (const run of runs) if (run.token >= 0 && !byToken.has(run.token)) byToken.set(run.token, run);
    return { runs, byToken, set: DecorationSet.create(doc, marks) };
  };
  return new Plugin({
    key: wordsKey,
    state: {
      init: (_config, state) => ({ ...build(state.doc), lit: -1 }),
      apply(tr, value) {
        const lit = tr.getMeta(wordsKey)?.lit ?? value.lit;
        return { ...(tr.docChanged ? build(tr.doc) : value), lit };
      },
    },
    props: {
      decorations(state) {
        const { set, lit, byToken } = wordsKey.getState(state);
        const run = byToken.get(lit);
        return run ? set.add(state.doc, [Decoration.inline(run.from, run.to, { class: "lit" })]) : set;
      },
    },
  });
}

export function runAt(state, place) {
  return wordsKey.getState(state).runs.find((run) => run.from <= place && place <= run.to);
}

// The token that sounds at a time (seconds), or -1. Words are in the order of their times.
export function follower(words) {
  const timed = words.map((word, token) => ({ token, start: word.start, end: word.end })).filter((one) => one.start !== null);
  timed.sort((a, b) => a.start - b.start);
  return (now) => {
    let low = 0;
    let high = timed.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (timed[middle].start <= now) low = middle + 1;
      else high = middle;
    }
    const found = timed[low - 1];
    return found && now < found.end + 0.08 ? found.token : -1;
  };
}
