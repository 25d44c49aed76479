// Small helpers that every module of the pages uses.
export const $ = (selector, root = document) => root.querySelector(selector);
export const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];

export function el(tag, values = {}, ...children) {
  const { data = {}, aria = {}, ...rest } = values;
  const node = Object.assign(document.createElement(tag), rest);
  Object.assign(node.dataset, data);
  for (const [name, value] of Object.entries(aria)) node.setAttribute(name === "role" ? "role" : `aria-${name}`, value);
  node.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
  return node;
}

// An obstacle, above everything else on the page.
export function refuse(text) {
  $("#refus")?.remove();
  const line = el("p", { id: "refus", className: "notice bad", textContent: text, aria: { role: "alert" } });
  $("#contenu").prepend(line);
  line.scrollIntoView({ block: "nearest" });
}

// What just happened, for the eye and for a screen reader.
export function tell(text) {
  $("#refus")?.remove();
  const line = $("#dit") ?? el("p", { id: "dit", className: "toast", aria: { role: "status" } });
  if (!line.isConnected) document.body.append(line);
  line.textContent = text;
  line.classList.remove("gone");
  clearTimeout(tell.timer);
  tell.timer = setTimeout(() => line.classList.add("gone"), 6000);
}

export function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds || 0));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

// What this workstation prefers (never anything about a patient).
export function preference(name, otherwise) {
  return JSON.parse(localStorage.getItem(`calame-gout:${name}`) ?? "null") ?? otherwise;
}

export function prefer(name, value) {
  localStorage.setItem(`calame-gout:${name}`, JSON.stringify(value));
}
