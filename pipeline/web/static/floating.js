// Puts a small window under (or over) what it is about, within its frame; a narrow screen has it at the bottom.
const SPACE = 6;

export function place(box, anchor, frame) {
  if (!anchor) return;
  anchor.scrollIntoView({ block: "nearest", inline: "nearest" });
  const spot = anchor.getClientRects()[0] ?? anchor.getBoundingClientRect();
  const edge = frame.getBoundingClientRect();
  const own = box.getBoundingClientRect();
  const left = Math.min(Math.max(SPACE, spot.left - edge.left), Math.max(SPACE, edge.width - own.width - SPACE));
  const foot = document.querySelector(".player")?.getBoundingClientRect().top ?? innerHeight;
  const below = spot.bottom + SPACE + own.height < foot;
  const top = below ? spot.bottom + SPACE : Math.max(spot.top - own.height - SPACE, edge.top);
  box.style.left = `${left}px`;
  box.style.top = `${top - edge.top}px`;
}
