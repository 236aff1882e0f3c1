// Reading aloud through the browser's own voices; nothing leaves this machine.

const READ = "朗读";
const STOP = "停止朗读";
const LINES = [
  ".zx-prompt",
  ".zx-path p",
  ".zx-situation p",
  ".zx-option-text",
  ".zx-targets li",
  ".zx-left",
  ".zx-pair select",
  ".zx-row-text",
  ".zx-unit",
  ".zx-grid th",
  ".zx-axes li",
  ".zx-share span",
  ".zx-reason",
  ".zx-right-order li",
  ".zx-result p",
  ".zx-result li",
].join(",");

/**
 * What is read of a question, in the order of the page: prompt, options, then the result.
 *
 * @param {Element} card
 */
export function linesOf(card) {
  const seen = [...card.querySelectorAll(LINES)].map(textOf);
  return seen.filter((text, place) => text && text !== seen[place - 1]);
}

/** @param {Element} node */
function textOf(node) {
  if (node instanceof HTMLSelectElement) {
    const chosen = node.selectedOptions[0]?.textContent ?? "";
    if (node.value) return `已选：${chosen}`;
    return [...node.options].map((option) => option.textContent).join("，");
  }
  return (node.textContent ?? "").trim().replace(/\s+/g, " ");
}

/** A Chinese voice of this machine, as one from the network may not be there and would listen in. */
function ownVoice() {
  const voices = window.speechSynthesis?.getVoices() ?? [];
  return voices.find(({ lang, localService }) => localService && /^(zh|cmn)/i.test(lang));
}

/** @type {Set<HTMLButtonElement>} */
const buttons = new Set();

/** Offer reading only where it works; voices may come late. */
function offer() {
  for (const button of buttons) button.hidden = !ownVoice();
}

/**
 * Put a button in front of `node` that reads it.
 *
 * @param {HTMLElement} node
 * @param {string} what for those who hear the button: what it reads
 * @param {() => string[]} lines
 */
export function readAloud(node, what, lines) {
  if (!("speechSynthesis" in window)) return;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button aloud";
  button.addEventListener("click", () => toggle(button, lines()));
  button.dataset.what = what;
  rest(button);
  node.before(button);
  if (!buttons.size) window.speechSynthesis.addEventListener("voiceschanged", offer);
  buttons.add(button);
  offer();
}

/** @param {HTMLButtonElement} button */
function rest(button) {
  button.textContent = READ;
  button.setAttribute("aria-label", `${READ}：${button.dataset.what}`);
  button.classList.remove("is-reading");
}

/**
 * A line an utterance: long ones are cut off by some browsers.
 *
 * @param {HTMLButtonElement} button
 * @param {string[]} lines
 */
function toggle(button, lines) {
  const isReading = button.classList.contains("is-reading");
  window.speechSynthesis.cancel();
  for (const other of buttons) rest(other);
  if (isReading) return;
  button.textContent = STOP;
  button.setAttribute("aria-label", `${STOP}：${button.dataset.what}`);
  button.classList.add("is-reading");
  for (const [place, line] of lines.entries()) {
    const said = new SpeechSynthesisUtterance(line);
    said.lang = "zh-CN";
    said.voice = ownVoice() ?? null;
    if (place === lines.length - 1) said.addEventListener("end", () => rest(button));
    window.speechSynthesis.speak(said);
  }
}
