// One question a screen, for the large view: what is read first, then each question with the text
// that leads to it. A table stays in sight for every question after it.

const HASH = /^#screen-(\d+)$/;

/**
 * Split what stands in a section into screens.
 *
 * @param {Element[]} blocks
 * @returns {Element[][]}
 */
export function screensOf(blocks) {
  /** @type {Element[][]} */
  const screens = [];
  /** @type {Element[]} */
  let tables = [];
  /** @type {Element[]} */
  let before = [];
  for (const block of blocks) {
    if (!block.matches("[data-question]")) {
      before.push(block);
      continue;
    }
    const texts = before.filter((one) => !one.matches("[data-table]"));
    tables = [...tables, ...before.filter((one) => one.matches("[data-table]"))];
    if (!screens.length && texts.length) screens.push(texts);
    screens.push([...(screens.length > 1 ? texts : []), ...tables, block]);
    before = [];
  }
  if (screens.length) screens[screens.length - 1].push(...before);
  else screens.push(before);
  return screens;
}

export class Screens {
  /**
   * @param {HTMLElement} article the section
   * @param {HTMLElement[]} lead what comes before it: shown with the first screen only
   * @param {HTMLElement[]} rest what comes after it: shown with the last screen only
   */
  constructor(article, lead, rest) {
    const head = article.querySelectorAll(":scope > h2:first-child, :scope > h2:first-child + p");
    this.blocks = [...article.children].filter((block) => ![...head].includes(block));
    this.screens = screensOf(this.blocks);
    this.lead = lead;
    this.rest = rest;
    this.place = Math.min(Number(HASH.exec(window.location.hash)?.[1] ?? 1), this.screens.length);
    this.place = Math.max(this.place, 1) - 1;
    this.back = stepButton("上一题", () => this.go(this.place - 1));
    this.next = stepButton("下一题", () => this.go(this.place + 1));
    this.next.classList.add("main");
    this.count = document.createElement("p");
    this.count.setAttribute("role", "status");
    this.steps = document.createElement("nav");
    this.steps.className = "steps";
    this.steps.setAttribute("aria-label", "本节的题目");
    this.steps.append(this.back, this.count, this.next);
    article.after(this.steps);
    document.addEventListener("zx-ease", () => this.show());
    this.show();
  }

  get isOn() {
    return this.screens.length > 1 && document.documentElement.hasAttribute("data-elder");
  }

  show() {
    const shown = this.isOn ? this.screens[this.place] : this.blocks;
    for (const block of this.blocks)
      if (block instanceof HTMLElement) block.hidden = !shown.includes(block);
    const isLast = this.place === this.screens.length - 1;
    for (const one of this.lead) one.hidden = this.isOn && this.place > 0;
    for (const one of this.rest) one.hidden = this.isOn && !isLast;
    this.steps.hidden = !this.isOn;
    this.back.hidden = this.place === 0;
    this.next.hidden = isLast;
    this.count.textContent = `第 ${this.place + 1} 屏，共 ${this.screens.length} 屏`;
  }

  /** @param {number} place */
  go(place) {
    this.place = place;
    // Coming back, after log-in or a reload, finds the same screen.
    window.history.replaceState(null, "", `#screen-${place + 1}`);
    this.show();
    const first = this.screens[place].find((block) => block instanceof HTMLElement);
    if (!(first instanceof HTMLElement)) return;
    first.tabIndex = -1;
    first.focus({ preventScroll: true });
    first.scrollIntoView({ block: "start" });
  }
}

/**
 * @param {string} word
 * @param {() => void} onClick
 */
function stepButton(word, onClick) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button";
  button.textContent = word;
  button.addEventListener("click", onClick);
  return button;
}
