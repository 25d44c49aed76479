// What is signed was seen: a document counts as seen when the foot of each of its pages has stood on the screen.
// And a remark that is spoken rather than typed.
const LOOK = 400; // ms that a foot must stay: scrolling past is not seeing
const MOST = 300_000; // ms of a spoken remark

const csrf = () => document.querySelector('input[name="csrf"]').value;

function watch(sheets) {
  const left = new Set(sheets.querySelectorAll("img"));
  const shown = new Map();
  const seen = async () => {
    observer.disconnect();
    const body = new URLSearchParams({ csrf: csrf(), document: sheets.dataset.see });
    const answer = await fetch("/signer/vu", { method: "POST", body }).catch(() => null);
    if (answer?.ok) tell(sheets);
    else setTimeout(seen, 3000); // the network is away: the page stays as it is and asks again
  };
  const looked = (image) => {
    left.delete(image);
    if (!left.size) seen();
  };
  const observer = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting, boundingClientRect: box, rootBounds } of entries) {
      clearTimeout(shown.get(target));
      const foot = isIntersecting && (!rootBounds || box.bottom <= rootBounds.bottom + 1 || box.height === 0);
      if (foot && left.has(target) && target.complete && target.naturalHeight) shown.set(target, setTimeout(looked, LOOK, target));
    }
  }, { threshold: [0, 0.25, 0.5, 0.75, 0.9, 1] });
  for (const image of left) {
    image.addEventListener("load", () => { observer.unobserve(image); observer.observe(image); });
    observer.observe(image);
  }
}

function tell(sheets) {
  sheets.dataset.seen = "";
  const place = sheets.closest("li") ?? document;
  for (const box of place.querySelectorAll('input[name="document"]')) { box.disabled = false; box.checked = true; }
  for (const button of place.querySelectorAll("[name=only], [data-needs-seen]")) button.disabled = false;
  const state = place.querySelector(".tag.seen");
  if (state) { state.textContent = "✓ vu"; state.classList.add("filed"); }
  count();
}

function count() {
  const all = document.querySelectorAll(".to-sign .sheets");
  const told = document.querySelector("#vus");
  if (told) told.textContent = `${[...all].filter((one) => "seen" in one.dataset).length} sur ${all.length} vus`;
}

for (const sheets of document.querySelectorAll("[data-see]:not([data-seen])")) watch(sheets);
if (document.querySelector("[data-see]:not([data-seen])")) {
  for (const button of document.querySelectorAll("[data-needs-seen]")) button.disabled = true;
}

function voice(form) {
  const place = form.querySelector(".voice");
  if (!place || !navigator.mediaDevices?.getUserMedia || !window.MediaRecorder) return;
  place.hidden = false;
  const [button, heard, file] = ["button", "audio", "input"].map((name) => place.querySelector(name));
  let recorder = null;
  const label = (text, pressed) => {
    button.textContent = text;
    button.setAttribute("aria-pressed", String(pressed));
  };
  button.addEventListener("click", async () => {
    if (recorder?.state === "recording") { recorder.stop(); return; }
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true }).catch(() => null);
    if (!stream) { label("Le micro n'est pas permis : écrivez la remarque", false); return; }
    const parts = [];
    recorder = new MediaRecorder(stream);
    recorder.addEventListener("dataavailable", (event) => parts.push(event.data));
    recorder.addEventListener("stop", () => {
      for (const track of stream.getTracks()) track.stop();
      const sound = new File(parts, "remarque", { type: recorder.mimeType });
      const chosen = new DataTransfer();
      chosen.items.add(sound);
      file.files = chosen.files;
      heard.src = URL.createObjectURL(sound);
      heard.hidden = false;
      label("● Recommencer", false);
    });
    recorder.start();
    setTimeout(() => recorder.state === "recording" && recorder.stop(), MOST);
    label("■ Arrêter", true);
  });
}

for (const form of document.querySelectorAll(".send-back")) voice(form);
