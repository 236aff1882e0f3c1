/**
 * Make an element. Texts are set as text, never as markup, so no data can become script.
 *
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {Record<string, string | number | boolean | EventListener | undefined>} [attributes]
 *   `on…` is a listener; true sets an empty attribute; false and undefined leave it out.
 * @param {...(Node | string | null)} children
 * @returns {HTMLElementTagNameMap[T]}
 */
export function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value !== undefined) node.setAttribute(name, String(value));
  }
  node.append(...children.filter((child) => child !== null));
  return node;
}

/**
 * An icon that repeats what the words beside it say, so readers skip it.
 *
 * @param {string} sign
 */
export function icon(sign) {
  return element("span", { class: "zx-icon", "aria-hidden": "true" }, sign);
}

/**
 * @param {string} word
 * @param {EventListener} [onclick]
 * @param {string} [looks]
 */
export function button(word, onclick, looks = "") {
  return element("button", { type: "button", class: `zx-button ${looks}`, onclick }, word);
}

/**
 * The card of a widget, which fills its place in the host's page.
 *
 * @param {string} name
 * @param {...(Node | string | null)} children
 */
export function cardElement(name, ...children) {
  // JupyterLab takes Enter, arrows and letters as commands of its own, unless told not to.
  const attributes = { class: `zx-card ${name}`, "data-lm-suppress-shortcuts": "true" };
  return element("section", attributes, ...children);
}

/**
 * A text behind a summary; nothing where there is no text.
 *
 * @param {string} summary
 * @param {string} [text]
 */
export function details(summary, text) {
  if (!text) return null;
  const parts = [element("summary", {}, summary), element("p", {}, text)];
  return element("details", { class: "zx-hint" }, ...parts);
}

/**
 * A bar that repeats a share written beside it.
 *
 * @param {number} share 0 to 1
 */
export function bar(share) {
  const filled = element("span");
  filled.style.width = `${Math.round(share * 100)}%`; // by script: the page's policy forbids markup
  return element("span", { class: "zx-meter", "aria-hidden": "true" }, filled);
}

let serial = 0;

/**
 * A name that no other element of the page has.
 *
 * @param {string} stem
 */
export function uniqueName(stem) {
  serial += 1;
  return `zx-${stem}-${serial}`;
}
