// What every page of the parapheur starts; the review of a draft brings its editor.
import { $ } from "./dom.js";
import { startKeyboard } from "./keyboard.js";
import { startPedal } from "./pedal.js";
import { startPlayer } from "./player.js";
import { startPosting } from "./posting.js";
import { startRecipient } from "./recipient.js";
import { startWaveform } from "./waveform.js";

// while the machine works on the case, look again every second
if ($('.case[data-machine="yes"]')) setTimeout(() => location.replace(location.pathname), 1000);

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-back]")) { event.preventDefault(); history.back(); }
});
startPlayer();
startKeyboard();
startPosting();
startRecipient();
startPedal();
const wave = startWaveform();
if ($("#etabli")) import("./editor.js").then(({ startEditor }) => startEditor(wave));
