// Saving by itself: at each pause of typing the server gets one version, the browser keeps what is not there yet, and
// another person's version is never written over unseen.
import { $, el, refuse } from "./dom.js";
import { showHeads, showRecipient } from "./recipient.js";
import { same, schema, sectionsOf } from "./schema.js";
import { obstacle } from "./session.js";
import { showSheets } from "./sheets.js";

const PAUSE = 1500; // milliseconds without typing
const LEAST = 5000; // between two versions while somebody types on
const AGAIN = [1000, 2000, 4000, 8000, 15000]; // before each further try when the server does not answer
const FIELDS = new Set(["title", "document_date", "recipient", "author", "copy_to"]);
const LOOK = 8000; // asks who else is there

export function startSaving({ view, bench, form, vault, load, refused, written }) {
  const url = (end) => `/dossiers/${bench.case}/${end}`;
  const status = $("#etat-texte");
  const fieldsNow = () => [...new FormData(form)].filter(([name]) => FIELDS.has(name));
  const base = { revision: bench.revision, sections: sectionsOf(view.state.doc), fields: fieldsNow(), answers: view.state.doc.attrs.answers };
  let timer = 0;
  let tries = 0;
  let last = 0;
  let running = null;
  let conflict = null;
  let sent = null; // on its way, or gone without an answer: it may have arrived, so it is sent again as it was, alone
  let newest = bench.pdf; // of the version that is on the server: it may not be on the screen yet

  const textDiffers = () => !same(sectionsOf(view.state.doc), base.sections) || !same(fieldsNow(), base.fields);
  const answersLeft = (now = view.state.doc.attrs.answers) => {
    const changed = Object.keys(now).filter((index) => !same(now[index], base.answers[index]));
    const gone = Object.keys(base.answers).filter((index) => !now[index]);
    return [...changed.map((index) => [Number(index), ...now[index]]), ...gone.map((index) => [Number(index), "reopened", ""])];
  };
  const dirty = () => Boolean(conflict || sent) || textDiffers() || answersLeft().length > 0;

  function say(text, kind = "") {
    if (status.textContent === text) return;
    status.textContent = text;
    status.className = `save-state ${kind}`;
  }

  function keep() {
    return vault.put({ revision: base.revision, doc: view.state.doc.toJSON(), fields: fieldsNow(), sent, at: Date.now() });
  }

  // something changed: kept here at once, sent at the next pause
  function changed() {
    if (!dirty()) return;
    keep();
    if (conflict) return;
    say("Modifications non enregistrées");
    clearTimeout(timer);
    timer = setTimeout(flush, Math.max(PAUSE, last + LEAST - Date.now()));
  }

  // Sends what is not there yet; resolves to whether all of it is.
  async function flush() {
    clearTimeout(timer);
    while (running) await running; // several may wait: one sends
    if (conflict) return false;
    if (!dirty()) return true;
    running = send().finally(() => { running = null; });
    return running;
  }

  function body({ sections, fields, answers }) {
    const data = new URLSearchParams();
    for (const name of ["csrf"]) data.set(name, form.elements[name].value);
    data.set("revision", base.revision);
    for (const [name, value] of fields) data.append(name, value);
    for (const part of sections) { data.append("heading", part.heading); data.append("text", part.text); }
    data.set("answers", JSON.stringify(answersLeft(answers)));
    return data;
  }

  async function send(again = true) {
    const repeated = Boolean(sent);
    sent ??= { sections: sectionsOf(view.state.doc), fields: fieldsNow(), answers: view.state.doc.attrs.answers };
    const now = sent;
    say("Enregistrement…");
    let answer, told;
    try {
      answer = await fetch(url("texte"), { method: "POST", body: body(now), headers: { "hx-request": "true" }, signal: AbortSignal.timeout(20000) });
      told = answer.headers.get("content-type")?.includes("json") ? await answer.json() : null;
    } catch {
      return later("Hors ligne : votre texte est gardé sur ce poste");
    }
    if (answer.headers.get("hx-redirect") || (answer.status === 403 && !told)) {
      const why = await obstacle(form);
      if (!why && again) return send(false);
      if (why) refuse(why);
      return later(why.startsWith("Votre session") ? "Session expirée : votre texte est gardé sur ce poste" : "Non enregistré : votre texte est gardé sur ce poste");
    }
    if (!told || (!answer.ok && !told.stale && !told.message)) return later("Calame ne peut pas enregistrer : votre texte est gardé sur ce poste");
    sent = null;
    if (told.stale) { meet(told); return false; }
    if (told.message) {
      if (repeated) return send();
      refuse(told.message);
      say("Non enregistré", "bad");
      return false;
    }
    tries = 0;
    last = Date.now();
    Object.assign(base, now, { revision: told.revision });
    form.elements.revision.value = told.revision;
    for (const [index, why] of Object.entries(told.refused)) refused(Number(index), why);
    written(told.written ?? [], now.answers);
    if (repeated && dirty()) return send();
    if (dirty()) changed();
    else {
      await vault.clear();
      if (dirty()) keep();
      else say(`Enregistré à ${new Date().toLocaleTimeString("fr-FR", { hour: "2-digit", minute: "2-digit" })} · version ${told.revision}`, "ok");
    }
    lines("#manques", told.missing);
    showRecipient(told.to);
    showHeads(told.heads);
    newest = told.pdf;
    if (form.elements.pdf.value !== told.pdf && (await showSheets(bench.case, told.pdf, told.pages))) form.elements.pdf.value = told.pdf;
    return !dirty();
  }

  function later(text) {
    say(text, "bad");
    clearTimeout(timer);
    timer = setTimeout(flush, AGAIN[Math.min(tries, AGAIN.length - 1)]);
    tries += 1;
    return false;
  }

  function lines(where, found) {
    const list = $(where);
    if (!list) return;
    list.hidden = !found.length;
    list.replaceChildren(...found.map((line) => el("li", { textContent: line })));
  }

  // --- somebody else's version ---------------------------------------------------------------------------------------

  const named = (login) => bench.people[login] ?? login;
  const person = (theirs) => (theirs.by === bench.login ? "Vous-même, dans une autre fenêtre," : named(theirs.by));

  function meet(theirs) {
    if (conflict && conflict.revision === theirs.revision) return;
    conflict = theirs;
    clearTimeout(timer);
    keep();
    say("Deux versions : choisissez", "bad");
    const pieces = (theirs.difference ?? []).map((row) =>
      el("p", { className: "asis changed" }, ...row.map(([change, text]) => (change === "removed" ? el("del", { textContent: text }) : change === "added" ? el("ins", { textContent: text }) : text))));
    const mine = el("button", { type: "button", className: "main", textContent: "Garder mon texte" });
    const other = el("button", { type: "button", textContent: "Prendre l'autre texte" });
    const panel = el("section", { id: "conflit", className: "notice bad", tabIndex: -1, aria: { role: "alert" } },
      el("p", {}, el("strong", { textContent: `${person(theirs)} a modifié ce brouillon pendant votre saisie (version ${theirs.revision}).` }),
        " Rien n'est perdu : les deux textes sont gardés. Barré : ce que l'autre version dit ; souligné : ce que vous avez écrit."),
      ...pieces, el("div", { className: "answers" }, mine, other));
    const solve = () => { conflict = null; panel.remove(); base.revision = theirs.revision; form.elements.revision.value = theirs.revision; view.focus(); };
    mine.addEventListener("click", () => { base.sections = []; solve(); flush(); });
    other.addEventListener("click", () => { solve(); take(theirs); });
    $("#conflit")?.remove();
    form.prepend(panel);
    panel.focus();
  }

  // the other text comes into the editor as one step that undo takes back
  function take(theirs) {
    load(theirs.sections);
    base.sections = sectionsOf(view.state.doc);
    base.fields = fieldsNow();
    vault.clear();
    say(`Version ${theirs.revision} affichée`, "ok");
    newest = theirs.pdf;
    showSheets(bench.case, theirs.pdf, theirs.pages).then((done) => { if (done) form.elements.pdf.value = theirs.pdf; });
    if (dirty()) changed();
  }

  async function look() {
    if (document.hidden || running) return;
    const answer = await fetch(url("etat"), { headers: { "hx-request": "true" } }).catch(() => null);
    if (!answer?.ok || !answer.headers.get("content-type")?.includes("json")) return;
    const state = await answer.json();
    const others = state.others.map(named);
    const line = $("#presents");
    line.textContent = others.length ? `${others.join(", ")} a aussi ouvert ce brouillon.` : "";
    line.hidden = !others.length;
    if (running || conflict || state.revision <= base.revision) return;
    if (dirty()) { flush(); return; }
    offer(state);
  }

  function offer(state) {
    if ($("#conflit")) return;
    const show = el("button", { type: "button", textContent: "Afficher cette version" });
    const panel = el("section", { id: "conflit", className: "notice bad", aria: { role: "alert" } },
      el("p", {}, el("strong", { textContent: `${person(state)} a modifié ce brouillon (version ${state.revision}).` })), show);
    show.addEventListener("click", () => location.reload());
    form.prepend(panel);
  }

  addEventListener("online", () => { tries = 0; flush(); });
  document.addEventListener("visibilitychange", () => { if (document.hidden) flush(); });
  addEventListener("beforeunload", (event) => { if (dirty()) { keep(); event.preventDefault(); } });
  form.addEventListener("input", (event) => { if (!view.dom.contains(event.target)) changed(); });
  setInterval(look, LOOK);
  look();

  // --- what this browser kept of an earlier time -----------------------------------------------------------------------

  async function replay() {
    const kept = await vault.get();
    if (!kept) return;
    const doc = schema.nodeFromJSON(kept.doc);
    if (same(sectionsOf(doc), base.sections) && same(doc.attrs.answers, base.answers) && same(kept.fields, base.fields)) { await vault.clear(); return; }
    for (const [name, value] of kept.fields) if (form.elements[name]?.value !== undefined && name !== "copy_to") form.elements[name].value = value;
    const theirs = { revision: bench.revision, by: bench.versions.at(-1)?.[1] ?? "", sections: bench.sections, pdf: bench.pdf, pages: bench.pages, difference: [] };
    sent = kept.sent ?? null;
    if (sent) base.revision = kept.revision;
    load(null, doc);
    if (sent) flush();
    else if (kept.revision !== bench.revision) meet(theirs);
    else { say("Texte repris de ce poste"); changed(); }
    refuse(`Votre texte du ${new Date(kept.at).toLocaleString("fr-FR")}, qui n'était pas encore enregistré, a été repris de ce poste.`);
  }

  // Whether the pages on the screen are those of the saved text.
  const shown = async () => {
    while (running) await running;
    return form.elements.pdf.value === newest;
  };

  return { changed, flush, dirty, replay, base, shown, get conflict() { return Boolean(conflict); } };
}

