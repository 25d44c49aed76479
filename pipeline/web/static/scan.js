// The page of a scan: pages by keyboard, the read words over them, doubts and evidence lit on the picture.
const $ = (selector, root = document) => root.querySelector(selector);
const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
const view = $("#vue");
const roll = $(".roll");
const sheets = $$(".sheet");
let current = 0;
let led = -1; // where a key, a doubt or the zoom brought the roll: as long as it stands there, nobody has scrolled

function go(to, { scroll = true } = {}) {
  if (!sheets.length) return;
  current = Math.min(sheets.length - 1, Math.max(0, to));
  sheets.forEach((sheet, place) => sheet.classList.toggle("current", place === current && sheets.length > 1));
  $$(".thumbs ol a").forEach((link, place) => {
    place === current ? link.setAttribute("aria-current", "page") : link.removeAttribute("aria-current");
    if (place === current) link.scrollIntoView({ block: "nearest", inline: "nearest" });
  });
  $("#ou").textContent = `page ${current + 1} sur ${sheets.length}`;
  if (scroll) lead(() => { roll.scrollTop = sheets[current].offsetTop - roll.offsetTop; });
}

function lead(move) {
  move();
  led = roll.scrollTop;
}

// --- zoom and text: kept for this tab -------------------------------------------------------------------------------
const ZOOMS = [50, 75, 100, 125, 150, 200, 300];
let zoom = Number(sessionStorage.getItem("calame-zoom")) || 100;

function zoomTo(value) {
  zoom = value;
  sessionStorage.setItem("calame-zoom", zoom);
  lead(() => { for (const picture of $$(".picture")) picture.style.width = `${zoom}%`; });
  $('[data-do="whole"]').textContent = `${zoom} %`;
}

function showText(shown) {
  view.classList.toggle("with-text", shown);
  $('[data-do="text"]').setAttribute("aria-pressed", String(shown));
  sessionStorage.setItem("calame-texte", shown ? "1" : "");
}

const deeds = {
  text: () => showText(!view.classList.contains("with-text")),
  larger: () => zoomTo(ZOOMS.find((one) => one > zoom) ?? zoom),
  smaller: () => zoomTo(ZOOMS.findLast((one) => one < zoom) ?? zoom),
  whole: () => zoomTo(100),
};

// --- doubts and evidence ----------------------------------------------------------------------------------------------
function light(finding) {
  for (const rect of $$(".words rect")) rect.classList.toggle("lit", rect.dataset.finding === finding);
  const rect = finding === undefined ? null : $(`rect[data-finding="${CSS.escape(finding)}"]`);
  if (rect) reveal(rect);
}

function reveal(rect) {
  go(sheets.indexOf(rect.closest(".sheet")), { scroll: false });
  lead(() => rect.scrollIntoView({ block: "center", inline: "nearest" }));
}

function evidence(what) {
  for (const one of ["patient", "sender", "date"]) view.classList.toggle(`show-${one}`, one === what);
}

function looking() {
  view.addEventListener("click", (event) => {
    const deed = event.target.closest("[data-do]");
    if (deed) deeds[deed.dataset.do]();
    const sheet = event.target.closest(".sheet");
    if (sheet) go(sheets.indexOf(sheet), { scroll: false });
    const word = event.target.closest(".words [data-finding]");
    if (word) $(`#doute-${CSS.escape(word.dataset.finding)}`)?.focus();
  });
  for (const doubt of $$(".finding")) {
    doubt.addEventListener("focus", () => light(doubt.id.slice(6)));
    doubt.addEventListener("blur", () => light(undefined));
  }
  const form = $("#confirmer");
  form.addEventListener("focusin", (event) => evidence(event.target.closest("[data-evidence]")?.dataset.evidence));
  form.addEventListener("click", (event) => {
    const button = event.target.closest(".evidence");
    if (!button) return;
    evidence(button.dataset.what);
    const rect = $(`.read-${button.dataset.what}`);
    if (rect) reveal(rect);
  });
  $(".thumbs ol").addEventListener("click", (event) => {
    const link = event.target.closest("a");
    if (!link) return;
    event.preventDefault();
    go($$(".thumbs ol a").indexOf(link));
  });
  let settling = 0;
  roll.addEventListener("scroll", () => {
    clearTimeout(settling);
    settling = setTimeout(() => {
      if (roll.scrollTop === led) return; // told late, or twice, of a way that a key made
      led = -1;
      const top = roll.getBoundingClientRect().top + roll.clientHeight / 3;
      const seen = sheets.findIndex((sheet) => sheet.getBoundingClientRect().bottom > top);
      if (seen >= 0) go(seen, { scroll: false });
    }, 80);
  });
}

// --- keys -------------------------------------------------------------------------------------------------------------
const ON_A_PAGE = { g: "left", d: "right", r: "over", x: "drop", s: "split", m: "merge", b: "back", z: "undo" };
const ON_ALL = new Set(["back", "undo"]); // stand beside the pages, not at one

function keys() {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Enter" && accepts(event)) return;
    const field = event.target.closest("input, textarea, select");
    if (event.key === "PageDown" || event.key === "PageUp") {
      event.preventDefault();
      go(current + (event.key === "PageDown" ? 1 : -1));
      return;
    }
    if (event.key === "Escape" && field) { roll.focus({ preventScroll: true }); return; }
    if (field && field.type !== "radio") return;
    const way = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    const along = event.key === "ArrowRight" || event.key === "ArrowLeft" || event.target.closest(".thumbs");
    if (way && along && !field && !event.target.closest(".finding")) {
      event.preventDefault();
      go(current + way);
      if (event.target.closest(".thumbs")) $$(".thumbs ol a")[current].focus();
      return;
    }
    const deed = { t: "text", "+": "larger", "-": "smaller", 0: "whole" }[event.key.toLowerCase()];
    if (deed) { event.preventDefault(); deeds[deed](); return; }
    const name = ON_A_PAGE[event.key.toLowerCase()];
    if (!name || event.repeat) return;
    const button = ON_ALL.has(name) ? $(`[data-page="${name}"]`) : $(`[data-page="${name}"]`, sheets[current]);
    if (button) { event.preventDefault(); button.click(); }
  });
}

// Enter on a right proposal goes to the next one; only Ctrl Enter, or the button itself, files.
function accepts(event) {
  const form = $("#confirmer");
  if (!form.contains(event.target) || event.target.closest("button, [data-find]")) return false;
  event.preventDefault();
  const kind = form.elements.kind;
  (event.target.name === "patient" ? kind : $("button.main", form)).focus();
  return true;
}

// The page comes back after each gesture: at the sheet where it was made.
const PLACE = "calame-feuille";
const id = $(".case[data-case]").dataset.case;

function remembering() {
  document.addEventListener("submit", (event) => {
    if (event.submitter?.dataset.page) sessionStorage.setItem(PLACE, JSON.stringify([id, current]));
  });
}

function remembered() {
  const [of, place] = JSON.parse(sessionStorage.getItem(PLACE)) ?? [];
  sessionStorage.removeItem(PLACE);
  return of === id ? place : null;
}

if (view) {
  zoomTo(zoom);
  showText(sessionStorage.getItem("calame-texte") === "1");
  looking();
  keys();
  remembering();
  const place = remembered();
  go(place ?? 0, { scroll: Boolean(place) });
  // without a patient to accept, letters go to the pages again after a gesture on them, to the search before
  const first = $('input[name="patient"]:checked') ?? $('input[name="patient"]') ?? (place === null ? $("[data-find]") : roll);
  first.focus({ preventScroll: true });
}
