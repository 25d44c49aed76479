// The pile, the search and the patient's file by keyboard; many cases at once; who is at work on an open case.
const $ = (selector, root = document) => root.querySelector(selector);
const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
const typing = (event) => event.target.matches("input:not([type=checkbox]), textarea, select");

// --- lists: J and K go from link to link, the arrows too once one of them has the focus --------------------------

function lists() {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const links = $$(".pile.work .open, .hits .open");
    if (!links.length) return;
    const at = links.findIndex((link) => link === document.activeElement || link.closest("tr, li").contains(document.activeElement));
    const fromField = event.key === "ArrowDown" && event.target.matches("[type=search]");
    const way = { j: 1, k: -1, ...(at >= 0 || fromField ? { ArrowDown: 1, ArrowUp: -1 } : {}) }[event.key];
    if (!way || (typing(event) && !fromField)) return;
    event.preventDefault();
    const next = links[at < 0 ? 0 : Math.min(Math.max(at + way, 0), links.length - 1)];
    next.focus();
    next.scrollIntoView({ block: "nearest" });
  });
}

// --- the pile -----------------------------------------------------------------------------------------------------

function pile() {
  const place = $("#pile");
  if (!place) return;
  const lot = $("#lot");
  const chosen = new Map(); // the value is the case as it was seen: one that moved since is let go

  const boxes = () => $$("input[name=case]", place);
  const remember = () => {
    chosen.clear();
    for (const box of boxes()) if (box.checked) chosen.set(box.value.split(":")[0], box.value);
    show();
  };
  const show = () => {
    const ticked = boxes().filter((box) => box.checked);
    const all = $("#tous");
    if (all) { all.checked = ticked.length > 0 && ticked.length === boxes().length; all.indeterminate = ticked.length > 0 && !all.checked; }
    for (const box of boxes()) box.closest("tr").classList.toggle("chosen", box.checked);
    if (!lot) return;
    lot.hidden = !ticked.length;
    $("#choisis").textContent = ticked.length;
    $("#pluriel").hidden = ticked.length < 2;
    for (const button of $$("button[value]", lot)) {
      const able = ticked.filter((box) => box.dataset.may.split(" ").includes(button.value));
      button.disabled = !able.length;
      button.title = able.length === ticked.length ? "" : `possible pour ${able.length} sur ${ticked.length}`;
    }
  };
  const none = () => { for (const box of boxes()) box.checked = false; remember(); };

  place.addEventListener("change", (event) => {
    if (event.target.id === "tous") for (const box of boxes()) box.checked = event.target.checked;
    remember();
  });
  $("#decocher")?.addEventListener("click", none);
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event)) return;
    const box = $("input[name=case]", document.activeElement.closest?.("tr") ?? document.createElement("tr"));
    if (event.key === "x" && box) { event.preventDefault(); box.checked = !box.checked; remember(); }
    if (event.key === "Escape") none();
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target === place) {
      for (const box of boxes()) box.checked = chosen.get(box.value.split(":")[0]) === box.value;
      remember();
    }
    if (event.detail.target.id === "bilan") none();
  });

  // A page nobody looks at asks for nothing; one that lost the server says so, and since when it is old.
  let heard = new Date();
  const cut = $("#coupure");
  const clock = () => heard.toLocaleTimeString("fr-FR", { hour: "2-digit", minute: "2-digit" });
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (event.detail.elt.id === "veille" && document.hidden) event.preventDefault();
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    if (!event.detail.successful) return;
    heard = new Date();
    cut.hidden = true;
  });
  const lost = (why) => { cut.hidden = false; cut.textContent = why; };
  document.addEventListener("htmx:sendError", () => lost(`Calame ne répond pas : cette pile date de ${clock()}. Elle se remettra à jour d'elle-même ; si cela dure, prévenez l'administrateur.`));
  document.addEventListener("htmx:responseError", (event) => {
    const page = new DOMParser().parseFromString(event.detail.xhr.responseText, "text/html");
    lost($("[role=alert]", page)?.textContent ?? `Calame n'a pas pu répondre : cette pile date de ${clock()}. Rechargez la page.`);
  });
  show();
}

// --- who is at work on an open case ---------------------------------------------------------------------------------

const ALIVE = 30; // seconds between two signs of life; the lock holds 90 s without one

function atWork() {
  const { case: id, machine } = $(".case[data-case]")?.dataset ?? {};
  const csrf = $("input[name=csrf]")?.value;
  if (!id || machine === "yes" || !csrf) return;
  const path = `/dossiers/${id}/main`;
  const body = (verb) => new URLSearchParams({ csrf, verbe: verb });
  let timer;
  let mine = false;

  const say = (lock) => {
    $("#autre")?.remove();
    if (lock.mine) return;
    const line = Object.assign(document.createElement("p"), { id: "autre", className: "notice other" });
    line.setAttribute("role", "status");
    const take = Object.assign(document.createElement("button"), { type: "button", textContent: "Prendre la main" });
    take.addEventListener("click", () => tell("prendre"));
    line.append(`${lock.name} y travaille depuis ${lock.since}. Deux personnes ne peuvent pas enregistrer en même temps. `, take);
    $("#contenu").prepend(line);
  };
  const tell = async (verb) => {
    clearTimeout(timer);
    let wait = ALIVE;
    try {
      const answer = await fetch(path, { method: "POST", body: body(verb), redirect: "error" });
      if (answer.status === 200) {
        const lock = await answer.json();
        mine = lock.mine;
        say(lock);
        if (!mine) wait = Math.min(ALIVE, lock.left + 1);
      } else if (answer.status !== 204) return;
      else { mine = false; return; }
    } catch { /* the next sign of life may pass */ }
    timer = setTimeout(() => tell("tenir"), wait * 1000);
  };
  addEventListener("pagehide", () => { clearTimeout(timer); if (mine) navigator.sendBeacon(path, body("rendre")); });
  addEventListener("pageshow", (event) => { if (event.persisted) tell("tenir"); });
  tell("tenir");
}

// --- printing: the PDF itself, in the browser's own viewer ----------------------------------------------------------

function printing() {
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-print]");
    if (!link || event.ctrlKey || event.metaKey) return;
    const sheet = open(link.href, "_blank");
    if (!sheet) return; // a blocked window: the link itself opens the PDF
    event.preventDefault();
    sheet.addEventListener("load", () => sheet.print());
  });
}

document.addEventListener("change", (event) => { if (event.target.matches("[data-send]")) event.target.form.requestSubmit(); });
lists();
pile();
atWork();
printing();
