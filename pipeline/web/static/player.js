// The recording: play from a word, slower or faster at the same pitch, and what of it was really played.
import { $, $$, clock, prefer, preference, tell } from "./dom.js";

export const sound = $("#son");
export const SPEEDS = [0.5, 0.6, 0.75, 0.9, 1, 1.1, 1.25, 1.5, 1.75, 2];
const BEFORE = 0.15; // seconds before a word, so that its first sound is heard
const AROUND = 0.6;
const FRAME = 40;

let stopAt = Infinity;
const listeners = [];

// Called with the place (seconds), whenever it moves.
export const onMove = (listener) => { listeners.push(listener); };

export function play(from, to = Infinity) {
  if (!sound) return;
  sound.currentTime = Math.max(0, from);
  stopAt = to;
  sound.play().catch(() => {});
}

export const playWord = (start) => play(start - BEFORE);
export const playAround = (start, end) => play(start - AROUND, end + AROUND);

export function toggle() {
  if (!sound) return;
  stopAt = Infinity;
  if (sound.paused) sound.play().catch(() => {});
  else sound.pause();
}

export function seek(seconds) {
  if (sound) sound.currentTime = Math.min(Math.max(0, sound.currentTime + seconds), sound.duration || Infinity);
}

export function setSpeed(speed) {
  if (!sound) return;
  const near = SPEEDS.reduce((best, one) => (Math.abs(one - speed) < Math.abs(best - speed) ? one : best));
  sound.preservesPitch = true;
  sound.defaultPlaybackRate = near;
  sound.playbackRate = near;
  prefer("vitesse", near);
  const list = $("#vitesse");
  if (list) list.value = String(near);
}

export function faster(steps) {
  if (!sound) return;
  const now = SPEEDS.findIndex((one) => Math.abs(one - sound.playbackRate) < 0.01);
  setSpeed(SPEEDS[Math.min(Math.max(0, now + steps), SPEEDS.length - 1)]);
  tell(`Vitesse ${String(sound.playbackRate).replace(".", ",")}`);
}

// --- what was listened to: a passage without words is marked only after it was played, whichever way ------------------
const MISSED = 0.3; // seconds of a passage that may lack: a player starts and stops with a small delay
const key = `calame-ecoute:${$(".case")?.dataset.case}`;
const heard = new Set(JSON.parse(sessionStorage.getItem(key) ?? "[]"));

export function listened(start, end) {
  if (!sound || sound.error) return true; // a sound that cannot be played must not block anybody
  const name = `${start}-${end}`;
  if (heard.has(name)) return true;
  const last = Number.isFinite(sound.duration) ? Math.min(end, sound.duration) : end;
  let missed = last - start;
  for (let i = 0; i < sound.played.length; i += 1) {
    missed -= Math.max(0, Math.min(last, sound.played.end(i)) - Math.max(start, sound.played.start(i)));
  }
  if (missed > MISSED) return false;
  heard.add(name);
  sessionStorage.setItem(key, JSON.stringify([...heard])); // each answer of another form loads the page again
  return true;
}

// --- the words as they were heard -------------------------------------------------------------------------------------
function transcript() {
  const words = $$(".transcript .w[data-start]").map((node) => ({ node, start: +node.dataset.start, end: +node.dataset.end }));
  let lit = null;
  onMove((now) => {
    const word = words.find((one) => one.start <= now && now < one.end + 0.05);
    if (word?.node === lit) return;
    lit?.classList.remove("lit");
    lit = word?.node ?? null;
    lit?.classList.add("lit");
  });
}

function clicks(event) {
  const word = event.target.closest(".transcript .w[data-start]");
  if (word) playWord(+word.dataset.start);
  const listen = event.target.closest(".listen");
  // a page with many recordings has one player: it takes the recording of the pressed button
  if (listen?.dataset.src && sound.getAttribute("src") !== listen.dataset.src) sound.src = listen.dataset.src;
  if (listen) playAround(+listen.dataset.from, +listen.dataset.to);
  const move = event.target.closest("[data-seek]");
  if (move) seek(Number(move.dataset.seek));
  if (event.target.closest("[data-toggle]")) toggle();
}

function keys(event) {
  const name = `${event.ctrlKey || event.metaKey ? "ctrl+" : ""}${event.altKey ? "alt+" : ""}${event.code === "Space" ? "Space" : event.key}`;
  const act = {
    "alt+Space": toggle, "ctrl+Space": toggle,
    "alt+ArrowLeft": () => seek(-3), "alt+ArrowRight": () => seek(3),
    "alt++": () => faster(1), "alt+=": () => faster(1), "alt+-": () => faster(-1),
  }[name];
  if (!act) return;
  event.preventDefault();
  act();
}

function follow() {
  let timer = 0;
  const look = () => {
    const now = sound.currentTime;
    if (now >= stopAt) { sound.pause(); stopAt = Infinity; }
    for (const listener of listeners) listener(now);
  };
  sound.addEventListener("play", () => { clearInterval(timer); timer = setInterval(look, FRAME); });
  sound.addEventListener("pause", () => { clearInterval(timer); look(); });
  for (const event of ["seeked", "timeupdate", "loadedmetadata"]) sound.addEventListener(event, look);
  const time = $("#temps");
  const button = $("[data-toggle]");
  const tick = () => {
    if (time) time.textContent = `${clock(sound.currentTime)} / ${clock(sound.duration)}`;
    if (button) button.setAttribute("aria-label", sound.paused ? "Lire" : "Pause");
    if (button) button.dataset.playing = sound.paused ? "" : "yes";
  };
  for (const event of ["play", "pause", "timeupdate", "loadedmetadata", "seeked"]) sound.addEventListener(event, tick);
  tick();
}

export function startPlayer() {
  if (!sound) return;
  document.addEventListener("click", clicks);
  document.addEventListener("keydown", keys);
  follow();
  transcript();
  const list = $("#vitesse");
  if (!list) return;
  setSpeed(preference("vitesse", 1));
  list.addEventListener("change", () => setSpeed(Number(list.value)));
  sound.addEventListener("loadedmetadata", () => setSpeed(preference("vitesse", 1)));
}
