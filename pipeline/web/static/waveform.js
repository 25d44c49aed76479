// The recording as a picture: loudness, what lacks a text, the doubts, and where it plays. A click or the arrows seek.
import { $, clock } from "./dom.js";
import { onMove, seek, sound } from "./player.js";

const BAR = 3; // points of the screen for one bar and the space beside it

export async function startWaveform() {
  const canvas = $("#onde");
  if (!canvas || !sound) return { mark() {} };
  sound.controls = false;
  const answer = await fetch(canvas.dataset.peaks).catch(() => null);
  if (!answer?.ok) { canvas.hidden = true; sound.controls = true; return { mark() {} }; }
  const peaks = new Uint8Array(await answer.arrayBuffer());
  const loudest = Math.max(24, ...peaks);
  let marks = [];

  const duration = () => (Number.isFinite(sound.duration) && sound.duration > 0 ? sound.duration : peaks.length / 20);
  const colours = () => {
    const style = getComputedStyle(document.documentElement);
    return Object.fromEntries(["soft", "main", "line", "bad", "doubt", "lit"].map((name) => [name, style.getPropertyValue(`--${name}`).trim()]));
  };

  function draw() {
    const box = canvas.getBoundingClientRect();
    const scale = devicePixelRatio || 1;
    canvas.width = box.width * scale;
    canvas.height = box.height * scale;
    const pen = canvas.getContext("2d");
    pen.scale(scale, scale);
    const tone = colours();
    const across = (seconds) => (seconds / duration()) * box.width;
    const now = across(sound.currentTime);
    for (const one of marks.filter((mark) => mark.gap)) {
      pen.fillStyle = tone.lit;
      pen.globalAlpha = 0.55;
      pen.fillRect(across(one.start), 0, Math.max(3, across(one.end - one.start)), box.height);
      pen.globalAlpha = 1;
    }
    const bars = Math.floor(box.width / BAR);
    for (let bar = 0; bar < bars; bar += 1) {
      const from = Math.floor((bar * peaks.length) / bars);
      let level = 0;
      for (let i = from; i < Math.max(from + 1, ((bar + 1) * peaks.length) / bars); i += 1) level = Math.max(level, peaks[i] ?? 0);
      const height = Math.max(1.5, (level / loudest) * (box.height - 8));
      pen.fillStyle = bar * BAR < now ? tone.main : tone.soft;
      pen.fillRect(bar * BAR, (box.height - height) / 2, BAR - 1, height);
    }
    for (const one of marks.filter((mark) => !mark.gap)) {
      pen.fillStyle = one.grave ? tone.bad : tone.doubt;
      pen.fillRect(across(one.start) - 1, box.height - 5, Math.max(4, across(one.end - one.start)), 5);
    }
    pen.fillStyle = tone.bad;
    pen.fillRect(now - 1, 0, 2, box.height);
    canvas.setAttribute("aria-valuemax", duration().toFixed(1));
    canvas.setAttribute("aria-valuenow", sound.currentTime.toFixed(1));
    canvas.setAttribute("aria-valuetext", `${clock(sound.currentTime)} sur ${clock(duration())}`);
  }

  const place = (event) => {
    const box = canvas.getBoundingClientRect();
    return Math.min(Math.max(0, (event.clientX - box.left) / box.width), 1) * duration();
  };
  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    sound.currentTime = place(event);
  });
  canvas.addEventListener("pointermove", (event) => {
    canvas.title = clock(place(event));
    if (event.buttons) sound.currentTime = place(event);
  });
  canvas.addEventListener("keydown", (event) => {
    const by = { ArrowLeft: -1, ArrowRight: 1, PageDown: -10, PageUp: 10, Home: -Infinity, End: Infinity }[event.key];
    if (by === undefined || event.altKey) return;
    event.preventDefault();
    if (Number.isFinite(by)) seek(by);
    else sound.currentTime = by < 0 ? 0 : duration();
  });
  onMove(draw);
  new ResizeObserver(draw).observe(canvas);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
  draw();
  // marks: {start, end, gap, grave} of every open doubt
  return { mark(found) { marks = found; draw(); } };
}
