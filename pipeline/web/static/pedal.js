// A foot pedal: one that types keys (F7 back, F8 play, F9 forward; most pedals can be set so), or any HID pedal, whose
// buttons are learned by pressing each once. A short press of "play" starts or stops; held down, it plays until let go.
import { $, prefer, preference, tell } from "./dom.js";
import { seek, sound, toggle } from "./player.js";

const HELD = 350; // milliseconds after which a press counts as held
const ROLES = ["retour", "lecture", "avance"];
const ASKED = { retour: "reculer", lecture: "lire", avance: "avancer" };
const KEYS = { F7: "retour", F8: "lecture", F9: "avance" };

const pressed = {};

export function press(role) {
  if (pressed[role]) return;
  pressed[role] = performance.now();
  if (role === "lecture") { pressed.wasPlaying = !sound.paused; if (sound.paused) toggle(); }
  if (role === "retour") seek(-3);
  if (role === "avance") seek(3);
}

export function release(role) {
  if (!pressed[role]) return;
  const held = performance.now() - pressed[role] > HELD;
  pressed[role] = 0;
  if (role === "lecture" && (held || pressed.wasPlaying) && !sound.paused) {
    sound.pause();
    if (held) seek(-1); // the foot comes off late: the last word is heard again
  }
}

function keys() {
  addEventListener("keydown", (event) => {
    const role = KEYS[event.key];
    if (!role || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    if (!event.repeat) press(role);
  });
  addEventListener("keyup", (event) => { if (KEYS[event.key]) release(KEYS[event.key]); });
  addEventListener("blur", () => ROLES.forEach(release));
}

// --- WebHID -----------------------------------------------------------------------------------------------------------
const bitsOf = (event) => {
  const bits = [];
  for (let byte = 0; byte < event.data.byteLength; byte += 1) {
    for (let bit = 0; bit < 8; bit += 1) if (event.data.getUint8(byte) & (1 << bit)) bits.push(`${event.reportId}.${byte}.${bit}`);
  }
  return bits;
};

async function listen(device, learning) {
  if (!device.opened) await device.open();
  const name = `pedale:${device.vendorId}:${device.productId}`;
  const known = preference(name, {});
  const missing = learning ? [...ROLES] : [];
  if (missing.length) tell(`Appuyez sur la pédale qui doit ${ASKED[missing[0]]}.`);
  let down = new Set();
  device.addEventListener("inputreport", (event) => {
    const now = new Set(bitsOf(event));
    for (const bit of now) {
      if (down.has(bit)) continue;
      if (missing.length) {
        known[bit] = missing.shift();
        if (missing.length) tell(`Appuyez sur la pédale qui doit ${ASKED[missing[0]]}.`);
        else { prefer(name, known); tell("Pédale prête."); }
      } else if (known[bit]) press(known[bit]);
    }
    for (const bit of down) if (!now.has(bit) && known[bit] && !missing.length) release(known[bit]);
    down = now;
  });
}

export async function startPedal() {
  if (!sound) return;
  keys();
  const button = $("#pedale");
  if (!button || !navigator.hid) return;
  button.hidden = false;
  button.addEventListener("click", async () => {
    const [device] = await navigator.hid.requestDevice({ filters: [] }).catch(() => []);
    if (device) await listen(device, true).catch(() => tell("Cette pédale ne répond pas : débranchez-la, puis recommencez."));
  });
  for (const device of await navigator.hid.getDevices()) listen(device, false).catch(() => {});
}
