// The document as it will be: the pictures of its pages change when a version was saved, without a flicker.
import { $, el } from "./dom.js";

const sheets = $(".sheets");
let wanted = "";

// Resolves to whether this version is now on the screen.
export async function showSheets(caseId, sha256, pages) {
  if (!sheets) return false;
  wanted = sha256;
  const links = Array.from({ length: pages }, (_none, page) =>
    el("a", { href: `/dossiers/${caseId}/document.pdf?v=${sha256.slice(0, 12)}`, target: "_blank" },
      el("img", { src: `/dossiers/${caseId}/page/${page}.png?v=${sha256.slice(0, 12)}`, alt: `Page ${page + 1} du document` })));
  const loaded = await Promise.allSettled(links.map((link) => link.firstChild.decode()));
  if (wanted !== sha256 || loaded.some((one) => one.status === "rejected")) return false;
  sheets.replaceChildren(...links);
  return true;
}
