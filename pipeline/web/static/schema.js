// A draft as the editor holds it, and as Calame keeps it: sections of plain text. Paragraphs are parted by an empty
// line, lines of a list begin with a dash, rows of a table are lines whose cells are parted by " | ".
import { Schema, tableNodes } from "./vendor/prosemirror.min.js";

const CELLS = /(?:^| )\|(?: |$)/;
const DASH = /^([-–—•]) /;

const tables = tableNodes({ tableGroup: "block", cellContent: "inline*", cellAttributes: {} });

export const schema = new Schema({
  nodes: {
    // answers: what was decided of each doubt, so that undo takes a decision back together with its words
    doc: { content: "section+", attrs: { answers: { default: {} } } },
    section: {
      content: "heading block+",
      defining: true,
      parseDOM: [{ tag: "section.part" }],
      toDOM: () => ["section", { class: "part" }, 0],
    },
    heading: {
      content: "text*",
      defining: true,
      parseDOM: [{ tag: "h3.part-title" }, { tag: "p.part-title", priority: 60 }],
      toDOM: (node) => (node.content.size ? ["h3", { class: "part-title" }, 0] : ["p", { class: "part-title blank" }, 0]),
    },
    paragraph: { group: "block", content: "inline*", parseDOM: [{ tag: "p" }], toDOM: () => ["p", 0] },
    item: {
      group: "block",
      content: "inline*",
      attrs: { dash: { default: "-" }, apart: { default: false } },
      parseDOM: [{ tag: "p.item", priority: 60 }, { tag: "li" }],
      toDOM: (node) => ["p", { class: node.attrs.apart ? "item apart" : "item" }, 0],
    },
    text: { group: "inline" },
    line: {
      group: "inline",
      inline: true,
      selectable: false,
      linebreakReplacement: true,
      parseDOM: [{ tag: "br" }],
      toDOM: () => ["br"],
    },
    ...tables,
  },
  marks: {
    // the token of the transcript that these letters come from (-1: none), and who wrote them last
    heard: {
      attrs: { token: {}, by: { default: "" }, revision: { default: 0 } },
      inclusive: false,
      parseDOM: [
        {
          tag: "span[data-token]",
          getAttrs: (node) => ({
            token: +node.dataset.token,
            by: node.dataset.by ?? "",
            revision: +(node.dataset.revision ?? 0),
          }),
        },
      ],
      toDOM: ({ attrs }) => [
        "span",
        { class: attrs.token < 0 ? "typed" : "w", "data-token": attrs.token, "data-by": attrs.by, "data-revision": attrs.revision },
        0,
      ],
    },
  },
});

// --- from sections to a document -------------------------------------------------------------------------------------

// Offsets count characters; a browser counts halves of those beyond the first plane.
function places(text) {
  const at = [];
  let place = 0;
  for (const letter of text) { at.push(place); place += letter.length; }
  at.push(place);
  return at;
}

function inline(text, origins, from, to, lines = true) {
  const nodes = [];
  const put = (a, b, marks) => {
    const pieces = lines ? text.slice(a, b).split("\n") : [text.slice(a, b).replaceAll("\n", " ")];
    pieces.forEach((piece, number) => {
      if (number) nodes.push(schema.nodes.line.create());
      if (piece) nodes.push(schema.text(piece, marks));
    });
  };
  let at = from;
  for (const { start, end, mark } of origins) {
    const a = Math.max(start, from);
    const b = Math.min(end, to);
    if (a >= b) continue;
    if (a > at) put(at, a, []);
    put(a, b, [mark]);
    at = b;
  }
  if (at < to) put(at, to, []);
  return nodes;
}

function marked(text, rows) {
  const at = places(text);
  return rows.map(([start, end, token, by, revision]) => ({
    start: at[start], end: at[end], mark: schema.marks.heard.create({ token, by, revision }),
  }));
}

function blocks(text, origins) {
  const found = [];
  for (const match of text.matchAll(/(?:[^\n]|\n(?!\n))+/g)) {
    const from = match.index + (match[0].length - match[0].trimStart().length);
    const to = match.index + match[0].trimEnd().length;
    if (from >= to) continue;
    const lines = [];
    let at = from;
    for (const line of text.slice(from, to).split("\n")) { lines.push([at, at + line.length, line]); at += line.length + 1; }
    const cells = lines.map(([, , line]) => line.split(CELLS));
    if (lines.every(([, , line]) => DASH.test(line))) {
      lines.forEach(([a, b, line], number) => {
        const apart = number === 0 && found.at(-1)?.type === schema.nodes.item;
        found.push(schema.nodes.item.create({ dash: line[0], apart }, inline(text, origins, a + 2, b)));
      });
    } else if (lines.length > 1 && cells[0].length > 1 && cells.every((row) => row.length === cells[0].length)) {
      found.push(table(text, origins, lines));
    } else {
      found.push(schema.nodes.paragraph.create(null, inline(text, origins, from, to)));
    }
  }
  return found.length ? found : [schema.nodes.paragraph.create()];
}

function table(text, origins, lines) {
  const { table: whole, table_row: row, table_cell: cell } = schema.nodes;
  return whole.create(null, lines.map(([start, end, line]) => {
    const cells = [];
    let from = start;
    const close = (to) => cells.push(cell.create(null, inline(text, origins, from, to)));
    for (const sign of line.matchAll(new RegExp(CELLS, "g"))) {
      close(start + sign.index);
      from = start + sign.index + sign[0].length;
    }
    close(end);
    return row.create(null, cells);
  }));
}

export function documentOf(sections, answers = {}) {
  const parts = sections.length ? sections : [{ heading: "", text: "", heading_origins: [], origins: [] }];
  return schema.nodes.doc.create({ answers }, parts.map((part) =>
    schema.nodes.section.create(null, [
      schema.nodes.heading.create(null, inline(part.heading, marked(part.heading, part.heading_origins), 0, part.heading.length, false)),
      ...blocks(part.text, marked(part.text, part.origins)),
    ])));
}

// --- and back --------------------------------------------------------------------------------------------------------

const plain = (node) => node.textBetween(0, node.content.size, "", (leaf) => (leaf.type === schema.nodes.line ? "\n" : ""));

export function sectionsOf(doc) {
  const sections = [];
  doc.forEach((part) => {
    const texts = [];
    let item = false;
    part.forEach((node, _offset, index) => {
      if (index === 0) return;
      if (node.type === schema.nodes.item) {
        const line = `${node.attrs.dash} ${plain(node).replaceAll("\n", " ")}`;
        if (item && !node.attrs.apart) texts.push(`${texts.pop()}\n${line}`);
        else texts.push(line);
      } else if (node.type === schema.nodes.table) {
        const rows = [];
        node.forEach((row) => {
          const cells = [];
          row.forEach((cell) => cells.push(plain(cell).replaceAll("\n", " ").trim()));
          rows.push(cells.join(" | "));
        });
        texts.push(rows.join("\n"));
      } else if (plain(node).trim()) texts.push(plain(node).trim());
      item = node.type === schema.nodes.item;
    });
    sections.push({ heading: part.firstChild.textContent.trim(), text: texts.join("\n\n").trim() });
  });
  return sections.filter((part) => part.heading || part.text);
}

export const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);
