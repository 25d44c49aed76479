// Puts a small window where it hides nothing that is about to be read: `aside`, in the column beside the text and at the
// height of what it is about, where the page has one; else under it, or over it. A narrow screen has it at the bottom.
const SPACE = 6;

// How tall what stays at the top is, for the style sheet: the bars of the text stay under it.
export function measure(band) {
  new ResizeObserver(() => document.documentElement.style.setProperty("--band", `${band.offsetHeight}px`)).observe(band);
}

export function place(box, anchor, frame, { aside = false } = {}) {
  if (!anchor) return;
  anchor.scrollIntoView({ block: "nearest", inline: "nearest" });
  // what stands nowhere in the text is shown at the beginning of the text: its heads stay free
  const outside = !frame.contains(anchor);
  const spot = anchor.getClientRects()[0] ?? anchor.getBoundingClientRect();
  const edge = frame.getBoundingClientRect();
  const own = box.getBoundingClientRect();
  const foot = (document.querySelector(".player")?.getBoundingClientRect().top ?? innerHeight) - SPACE;
  const put = (left, top) => {
    box.style.left = `${left - edge.left}px`;
    box.style.top = `${top - edge.top}px`;
  };
  const beside = edge.right + 3 * SPACE; // past the border of the sheet that is written on
  if (aside && beside + own.width + SPACE <= innerWidth) {
    const head = (document.querySelector(".identity")?.getBoundingClientRect().bottom ?? 0) + SPACE;
    put(beside, Math.max(head, Math.min(spot.top - SPACE, foot - own.height)));
    return;
  }
  const left = Math.min(Math.max(SPACE, spot.left - edge.left), Math.max(SPACE, edge.width - own.width - SPACE));
  const [over, under] = outside ? [edge.top, edge.top] : [spot.top, spot.bottom];
  const below = under + SPACE + own.height < foot;
  const top = below ? under + SPACE : Math.max(over - own.height - SPACE, edge.top);
  put(edge.left + left, outside ? Math.min(top, foot - own.height) : top);
}
