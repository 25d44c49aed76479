// What the keys and buttons of the editor do to the text.
import {
  TextSelection, addColumnAfter, addRowAfter, baseKeymap, chainCommands, deleteColumn, deleteRow, deleteTable, goToNextCell,
  inputRules, isInTable, keymap, redo, setBlockType, splitBlockAs, textblockTypeInputRule, InputRule, undo,
} from "./vendor/prosemirror.min.js";
import { schema } from "./schema.js";

const { heading, section, paragraph, item, table, table_row, table_cell, line } = schema.nodes;

// The block under the caret becomes the title of a section that begins there; in a title, it becomes text again.
export function toggleTitle(state, dispatch) {
  const { $from } = state.selection;
  if (isInTable(state)) return false;
  if ($from.parent.type === heading) return joinSection(state, dispatch, $from.index(0));
  const part = $from.node(1);
  const index = $from.index(1);
  if (!part || index < 1) return false;
  if (!dispatch) return true;
  const start = $from.start(1);
  const before = [];
  const after = [];
  part.forEach((node, offset, number) => { if (number < index) before.push(node); else if (number > index) after.push(node); });
  if (before.length < 2) before.push(paragraph.create());
  if (!after.length) after.push(paragraph.create());
  const title = heading.create(null, state.schema.text($from.parent.textContent || " ").text.trim() ? $from.parent.content.cut(0).content.filter((node) => node.isText) : []);
  const first = section.create(null, before);
  // an untitled section of which nothing is left would only be an empty line
  const empty = index === 1 && !part.firstChild.content.size;
  const parts = empty ? [section.create(null, [title, ...after])] : [first, section.create(null, [title, ...after])];
  const tr = state.tr.replaceWith(start - 1, start - 1 + part.nodeSize, parts);
  const at = (empty ? start - 1 : start - 1 + first.nodeSize) + 2;
  dispatch(tr.setSelection(TextSelection.create(tr.doc, at + title.content.size)).scrollIntoView());
  return true;
}

// A section joins the one before it; its title becomes a paragraph.
function joinSection(state, dispatch, index) {
  const part = state.doc.child(index);
  const start = state.doc.content.size - sizeFrom(state.doc, index);
  const title = part.firstChild;
  const text = title.content.size ? [paragraph.create(null, title.content)] : [];
  const blocks = [];
  part.forEach((node, _offset, number) => { if (number) blocks.push(node); });
  if (!dispatch) return true;
  const tr = state.tr;
  if (index === 0) {
    tr.replaceWith(start, start + part.nodeSize, section.create(null, [heading.create(), ...text, ...blocks]));
    tr.setSelection(TextSelection.near(tr.doc.resolve(start + 4)));
  } else {
    const end = start - 1; // inside the section before
    tr.replaceWith(start, start + part.nodeSize, []);
    tr.insert(end, [...text, ...blocks]);
    tr.setSelection(TextSelection.near(tr.doc.resolve(end + 1)));
  }
  dispatch(tr.scrollIntoView());
  return true;
}

const sizeFrom = (doc, index) => {
  let size = 0;
  for (let i = index; i < doc.childCount; i += 1) size += doc.child(i).nodeSize;
  return size;
};

// Everything, or what the mouse chose: an empty title at its edge is left out, or typed text would become that title.
export function chosen(doc, from, to) {
  const { $from } = TextSelection.create(doc, from, to);
  const blank = $from.parent.type === heading && !$from.parent.content.size && to > $from.end();
  return TextSelection.between(doc.resolve(blank ? $from.after() + 1 : from), doc.resolve(to));
}

function chooseAll(state, dispatch) {
  dispatch?.(state.tr.setSelection(chosen(state.doc, 2, TextSelection.atEnd(state.doc).to)));
  return true;
}

const atStart = (state) => state.selection.empty && state.selection.$from.parentOffset === 0;

function backOverTitle(state, dispatch) {
  const { $from } = state.selection;
  if (!atStart(state)) return false;
  if ($from.parent.type === item) return setBlockType(paragraph)(state, dispatch);
  if ($from.parent.type !== heading) return false;
  return $from.index(0) === 0 ? true : joinSection(state, dispatch, $from.index(0));
}

export function toggleList(state, dispatch) {
  return state.selection.$from.parent.type === item ? setBlockType(paragraph)(state, dispatch) : setBlockType(item)(state, dispatch);
}

// A table of two rows; lines of the paragraph under the caret become its first cells.
export function insertTable(state, dispatch) {
  const { $from } = state.selection;
  if (isInTable(state) || $from.depth !== 2 || $from.parent.type === heading) return false;
  if (!dispatch) return true;
  const row = (...texts) => table_row.create(null, texts.map((text) => table_cell.create(null, text ? schema.text(text) : [])));
  const made = table.create(null, [row("Médicament", "Posologie", "Durée"), row("", "", "")]);
  const blank = !$from.parent.content.size;
  const from = blank ? $from.before() : $from.after();
  const tr = state.tr.replaceWith(from, blank ? $from.after() : from, made);
  const second = from + 1 + made.child(0).nodeSize + 2;
  dispatch(tr.setSelection(TextSelection.near(tr.doc.resolve(second))).scrollIntoView());
  return true;
}

// The next cell, and after the last one a new row.
function nextCell(state, dispatch, view) {
  if (!isInTable(state)) return false;
  if (goToNextCell(1)(state, dispatch)) return true;
  if (!dispatch) return true;
  addRowAfter(state, dispatch);
  return goToNextCell(1)(view.state, view.dispatch);
}

function enter(state, dispatch) {
  const { $from } = state.selection;
  if ($from.parent.type === item) {
    if (!$from.parent.content.size) return setBlockType(paragraph)(state, dispatch);
    return splitBlockAs(() => ({ type: item, attrs: { dash: $from.parent.attrs.dash } }))(state, dispatch);
  }
  if ($from.parent.type === heading) {
    const tr = state.tr;
    const after = $from.after();
    const rest = $from.parent.content.cut($from.parentOffset);
    if (rest.size) {
      tr.delete($from.pos, $from.end());
      tr.insert(tr.mapping.map(after), paragraph.create(null, rest));
    }
    if (dispatch) dispatch(tr.setSelection(TextSelection.near(tr.doc.resolve(tr.mapping.map(after) - (rest.size ? rest.size + 2 : 0) + 1))).scrollIntoView());
    return true;
  }
  return false;
}

function breakLine(state, dispatch) {
  const { $from } = state.selection;
  if ($from.parent.type !== paragraph) return false;
  dispatch?.(state.tr.replaceSelectionWith(line.create(), false).scrollIntoView());
  return true;
}

export const tableCommands = { row: addRowAfter, column: addColumnAfter, "no-row": deleteRow, "no-column": deleteColumn, none: deleteTable };

export function keys(doubt) {
  return [
    keymap({
      "Mod-a": chooseAll,
      "Mod-z": undo, "Mod-y": redo, "Mod-Shift-z": redo,
      "Alt-ArrowDown": () => doubt(1), "Alt-ArrowUp": () => doubt(-1),
      Tab: chainCommands(nextCell, () => doubt(1)),
      "Shift-Tab": chainCommands((state, dispatch) => isInTable(state) && goToNextCell(-1)(state, dispatch), () => doubt(-1)),
      Enter: chainCommands(nextCell, enter),
      "Shift-Enter": breakLine,
      Backspace: backOverTitle,
      "Mod-Alt-1": toggleTitle, "Mod-Shift-8": toggleList,
    }),
    keymap(baseKeymap),
    inputRules({
      rules: [
        textblockTypeInputRule(/^[-–•]\s$/, item),
        new InputRule(/^#\s$/, (state, _match, start, end) => {
          const cut = state.apply(state.tr.delete(start, end));
          let made = null;
          toggleTitle(cut, (tr) => { made = tr; });
          if (!made) return null;
          const tr = state.tr.delete(start, end);
          for (const step of made.steps) tr.step(step);
          return tr.setSelection(TextSelection.near(tr.doc.resolve(made.selection.from)));
        }),
      ],
    }),
  ];
}
