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
  const images = new Map();
  const observer = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      const image = images.get(target);
      clearTimeout(shown.get(image));
      const whole = image.complete && image.naturalHeight;
      if (isIntersecting && left.has(image) && whole) shown.set(image, setTimeout(looked, LOOK, image));
    }
  });
  for (const image of left) {
    const foot = document.createElement("div");
    foot.className = "foot";
    image.after(foot);
    images.set(foot, image);
    image.addEventListener("load", () => { observer.unobserve(foot); observer.observe(foot); });
    observer.observe(foot);
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

// On the page of one case the key that signs first shows what was not seen yet.
document.addEventListener("keydown", (event) => {
  if (!event.ctrlKey || event.key !== "Enter" || event.repeat) return;
  const sheets = document.querySelector(".right [data-see]:not([data-seen])");
  if (!sheets) return;
  const pages = [...sheets.querySelectorAll("img")];
  const box = sheets.getBoundingClientRect();
  const next = pages.find((image) => image.getBoundingClientRect().bottom > Math.min(box.bottom, innerHeight) + 1);
  next?.scrollIntoView({ block: "end" });
});

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
