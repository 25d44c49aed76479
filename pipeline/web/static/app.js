// The review page: sound in step with the text, doubts by keyboard, nothing typed is lost by leaving.
const $ = (selector, root = document) => root.querySelector(selector);
const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];

function player() {
  const sound = $("#son");
  if (!sound) return;
  const words = $$(".w[data-start]").map((node) => ({ node, start: +node.dataset.start, end: +node.dataset.end }));
  let stopAt = Infinity;
  let lit = null;
  const play = (from, to = Infinity) => {
    sound.currentTime = Math.max(0, from);
    stopAt = to;
    sound.play().catch(() => {});
  };
  sound.addEventListener("timeupdate", () => {
    const now = sound.currentTime;
    if (now >= stopAt) { sound.pause(); stopAt = Infinity; }
    const word = words.find((w) => w.start <= now && now < w.end + 0.05);
    if (word?.node !== lit) {
      lit?.classList.remove("lit");
      lit = word?.node ?? null;
      lit?.classList.add("lit");
    }
  });
  document.addEventListener("click", (event) => {
    const word = event.target.closest(".w[data-start]");
    if (word) {
      play(+word.dataset.start - 0.15);
      if (word.dataset.finding) $(`#doute-${word.dataset.finding}`)?.focus();
    }
    const listen = event.target.closest(".listen");
    // a page with many recordings has one player: it takes the recording of the pressed button
    if (listen?.dataset.src && sound.getAttribute("src") !== listen.dataset.src) sound.src = listen.dataset.src;
    if (listen) play(+listen.dataset.from - 0.6, +listen.dataset.to + 0.6);
    const seek = event.target.closest("[data-seek]");
    if (seek) sound.currentTime = Math.max(0, sound.currentTime + Number(seek.dataset.seek));
  });
  passages(sound);
  $("#vitesse")?.addEventListener("change", (event) => {
    sound.preservesPitch = true;
    sound.playbackRate = Number(event.target.value);
  });
  document.addEventListener("keydown", (event) => {
    if (event.altKey && event.code === "Space") {
      event.preventDefault();
      stopAt = Infinity;
      sound.paused ? sound.play().catch(() => {}) : sound.pause();
    }
  });
}

// A passage without text is marked as listened to only after it was played, whichever way; without this script the
// button is simply open. What was played is kept for this tab, because each answer loads the page again.
const MISSED = 0.3; // seconds of a passage that may lack: a player starts and stops with a small delay

function unplayed(sound, from, to) {
  const end = Number.isFinite(sound.duration) ? Math.min(to, sound.duration) : to;
  let missed = end - from;
  for (let i = 0; i < sound.played.length; i += 1) {
    missed -= Math.max(0, Math.min(end, sound.played.end(i)) - Math.max(from, sound.played.start(i)));
  }
  return missed;
}

function passages(sound) {
  const key = `calame-ecoute:${$(".case")?.dataset.case}`;
  const heard = new Set(JSON.parse(sessionStorage.getItem(key) ?? "[]"));
  const waiting = new Set($$("[data-needs-play]").map((button) => button.closest(".finding")));
  const open = (finding) => {
    const button = $("[data-needs-play]", finding);
    button.disabled = false;
    button.removeAttribute("title");
    finding.classList.add("played");
    waiting.delete(finding);
  };
  const look = () => {
    for (const finding of waiting) {
      const { start, end } = finding.dataset;
      if (unplayed(sound, +start, +end) <= MISSED) heard.add(finding.id);
      if (heard.has(finding.id) || sound.error) open(finding); // a sound that cannot be played must not block anybody
    }
    sessionStorage.setItem(key, JSON.stringify([...heard]));
  };
  for (const finding of waiting) {
    const button = $("[data-needs-play]", finding);
    button.disabled = true;
    button.title = "Écoutez d'abord le passage (P)";
  }
  for (const event of ["loadedmetadata", "timeupdate", "pause", "ended", "error"]) sound.addEventListener(event, look);
  look();
}

function named(event) {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  return [event.ctrlKey || event.metaKey ? "ctrl" : "", event.altKey ? "alt" : "", key].filter(Boolean).join("+");
}

// A page that came by itself after the last document was approved, signed or confirmed: a key held or pressed twice must
// not settle this document too before anybody saw it.
const came = /[?&]fait=(approuve|signe|confirme|renvoye)/.test(location.search) ? Date.now() : 0;
const seen = () => !came || (Date.now() - came > 800 && ($(".sheets img")?.complete ?? true));

function keyboard() {
  document.addEventListener("keydown", (event) => {
    const typing = event.target.matches("input, textarea, select");
    const name = named(event);
    const target = $(`[data-key="${CSS.escape(name)}"]`);
    if (target && (name.includes("+") || (!typing && !event.target.closest("button, a, summary")))) {
      event.preventDefault();
      if (event.repeat || (name === "ctrl+Enter" && !seen())) return;
      target.matches("input") ? target.focus() : target.click();
      return;
    }
    const doubt = event.target.closest(".finding");
    const way = { ArrowDown: 1, ArrowUp: -1 }[name];
    if (doubt && way) {
      const doubts = $$(".finding");
      event.preventDefault();
      doubts[doubts.indexOf(doubt) + way]?.focus();
      return;
    }
    if (doubt && event.target === doubt && !name.includes("+") && !event.repeat) {
      // the place of the key, because on a French keyboard a digit needs Shift
      const digit = /^(?:Digit|Numpad)([1-9])$/.exec(event.code);
      const answer = digit ? $$(".proposal", doubt)[digit[1] - 1] : $(`[data-answer="${CSS.escape(name)}"]`, doubt);
      // what must be played first is played
      if (answer) { event.preventDefault(); (answer.disabled ? $(".listen", doubt) : answer)?.click(); }
    }
  });
}

function draft() {
  const form = $("#brouillon");
  if (!form) return;
  form.addEventListener("input", () => { dirty = true; });
  addEventListener("beforeunload", (event) => { if (dirty) event.preventDefault(); });
  const answered = /^#doute-(\d+)$/.exec(location.hash);
  const doubts = $$(".finding");
  const following = doubts.find((node) => Number(node.id.slice(6)) > Number(answered?.[1] ?? -1)) ?? doubts[0];
  if (!backToCaret(form)) (following ?? $("#contenu")).focus();
}

// Words that were set aside go into the text where the caret last stood, and are saved with the rest.
function taking() {
  const form = $("#brouillon");
  if (!form) return;
  let last = null;
  form.addEventListener("focusin", (event) => { if (event.target.matches("textarea")) last = event.target; });
  for (const button of $$(".take")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      const words = button.dataset.words;
      insert(last ?? $$("textarea", form).at(-1), words, !last);
      button.closest("li").classList.add("taken");
      $("#repris").textContent = `Mis dans le texte : ${words}`;
    });
  }
}

function insert(field, words, atEnd) {
  const place = atEnd ? field.value.length : field.selectionEnd;
  const before = /[^\s«('’]$/.test(field.value.slice(0, place)) ? " " : "";
  const after = /^[^\s.,;:!?…)»]/.test(field.value.slice(place)) ? " " : "";
  const text = before + words + after;
  field.focus();
  field.setSelectionRange(place, place);
  // the old command keeps the browser's own undo, which the newer way loses
  if (!document.execCommand("insertText", false, text)) {
    field.setRangeText(text, place, place, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
  field.setSelectionRange(place + text.length - after.length, place + text.length - after.length);
}

// After saving, the caret stands where it stood: the place is kept for this tab, never the text.
const CARET = "calame-caret";

function keepCaret(form) {
  const field = form.contains(document.activeElement) ? document.activeElement : null;
  const place = field?.matches("textarea") ? $$("textarea", form).indexOf(field) : -1;
  sessionStorage.removeItem(CARET);
  if (place >= 0) sessionStorage.setItem(CARET, JSON.stringify([location.pathname, place, field.selectionStart]));
}

function backToCaret(form) {
  const [path, place, caret] = JSON.parse(sessionStorage.getItem(CARET) ?? "[]");
  sessionStorage.removeItem(CARET);
  const field = path === location.pathname ? $$("textarea", form)[place] : null;
  field?.focus();
  field?.setSelectionRange(caret, caret);
  return Boolean(field);
}

let dirty = false;
let sending = false;

function say(text) {
  $("#refus")?.remove();
  const line = Object.assign(document.createElement("p"), { id: "refus", className: "notice bad", textContent: text });
  line.setAttribute("role", "alert");
  $("#contenu").prepend(line);
  line.scrollIntoView({ block: "nearest" });
}

// Why a form cannot be sent now, in French, or "". What was typed stays on the page.
async function obstacle(form) {
  let answer;
  try {
    answer = await fetch("/session", { headers: { accept: "application/json" } });
  } catch {
    return "Calame ne répond pas. Votre texte est toujours là : réessayez dans un instant.";
  }
  if (answer.status === 401) {
    return "Votre session a expiré. Votre texte est toujours là : connectez-vous dans un autre onglet, puis recommencez ici.";
  }
  if (!answer.ok) return "Calame ne peut pas enregistrer maintenant. Votre texte est toujours là : réessayez.";
  const { login, csrf } = await answer.json();
  if (login !== document.body.dataset.login) {
    return "Une autre personne s'est connectée dans ce navigateur. Reconnectez-vous dans un autre onglet, puis recommencez ici.";
  }
  form.elements.csrf.value = csrf;
  return "";
}

// A form is sent once, and only when it will be heard.
function forms() {
  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (form.getAttribute("method") !== "post" || !form.elements.csrf || form.matches(".who")) return;
    event.preventDefault();
    if (sending) return;
    sending = true;
    const why = await obstacle(form);
    if (why) { sending = false; say(why); return; }
    if (form.id === "brouillon") keepCaret(form);
    dirty = false;
    const button = event.submitter;
    if (button?.name) form.append(Object.assign(document.createElement("input"), { type: "hidden", name: button.name, value: button.value }));
    form.submit();
  });
  addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
}

// while the machine works on the case, look again every second
if ($('.case[data-machine="yes"]')) setTimeout(() => location.replace(location.pathname), 1000);

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-back]")) { event.preventDefault(); history.back(); }
});
player();
keyboard();
forms();
taking();
draft();
