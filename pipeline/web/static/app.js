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
    if (listen) play(+listen.dataset.from - 0.6, +listen.dataset.to + 0.6);
    const seek = event.target.closest("[data-seek]");
    if (seek) sound.currentTime = Math.max(0, sound.currentTime + Number(seek.dataset.seek));
  });
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

function named(event) {
  return [event.ctrlKey || event.metaKey ? "ctrl" : "", event.altKey ? "alt" : "", event.key].filter(Boolean).join("+");
}

function keyboard() {
  document.addEventListener("keydown", (event) => {
    const typing = event.target.matches("input, textarea, select");
    const name = named(event);
    const target = $(`[data-key="${CSS.escape(name)}"]`);
    if (target && (!typing || name.includes("+")) && !event.target.closest("button, a, summary")) {
      event.preventDefault();
      target.matches("input") ? target.focus() : target.click();
      return;
    }
    const doubt = event.target.closest(".finding");
    if (doubt && event.target === doubt && !name.includes("+")) {
      const number = Number(event.key);
      const answer = number ? $$(".proposal", doubt)[number - 1] : $(`[data-answer="${CSS.escape(event.key.toLowerCase())}"]`, doubt);
      if (answer) { event.preventDefault(); answer.click(); }
    }
  });
}

function draft() {
  const form = $("#brouillon");
  if (!form) return;
  let dirty = false;
  form.addEventListener("input", () => { dirty = true; });
  form.addEventListener("submit", () => { dirty = false; });
  addEventListener("beforeunload", (event) => { if (dirty) event.preventDefault(); });
  const answered = /^#doute-(\d+)$/.exec(location.hash);
  if (answered) {
    const following = $$(".finding").find((node) => Number(node.id.slice(6)) > Number(answered[1])) ?? $(".finding");
    following?.focus();
  }
}

// while the machine works on the case, look again every second
if ($('.case[data-machine="yes"]')) setTimeout(() => location.replace(location.pathname), 1000);

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-back]")) { event.preventDefault(); history.back(); }
});
player();
keyboard();
draft();
