// 大字版: larger letters, larger targets, one question a screen. A plain script in the head, so that
// the page is never seen in the wrong size; it is also written into the log-in page as it lies.
// Kept in this browser under the person's name, with the device's last choice for whoever is new.

// (So nothing in it may look like a placeholder of a template: no double braces.)

/**
 * @typedef {object} Ease
 * @property {boolean} isElder
 * @property {number} step place in the list of sizes
 */

(() => {
  const DEVICE = "zhixing:ease";
  const SIZES = [18, 20, 22, 24, 27, 30]; // px of the main text: at least 18, at most 30
  const BEGIN = 2;
  const PLAIN_SIZE = 18;
  const root = document.documentElement;
  const names = root.dataset.owner ? [`${DEVICE}:${root.dataset.owner}`, DEVICE] : [DEVICE];
  let chosen = read();

  /** @returns {Ease} */
  function read() {
    try {
      const kept = names.map((name) => window.localStorage.getItem(name)).find((text) => text);
      const { isElder, step } = JSON.parse(kept ?? "");
      return { isElder: isElder === true, step: step in SIZES ? step : BEGIN };
    } catch {
      return { isElder: false, step: BEGIN }; // nothing kept, not ours, or storage forbidden
    }
  }

  function keep() {
    try {
      for (const name of names) window.localStorage.setItem(name, JSON.stringify(chosen));
    } catch {
      // Storage is forbidden: the choice lasts as long as the page.
    }
  }

  function show() {
    const { isElder, step } = chosen;
    root.toggleAttribute("data-elder", isElder);
    root.style.setProperty("--zx-scale", String(isElder ? SIZES[step] / PLAIN_SIZE : 1));
  }

  const button = (/** @type {string} */ id) => document.getElementById(id);

  function showButtons() {
    const { isElder, step } = chosen;
    button("zx-elder")?.setAttribute("aria-pressed", String(isElder));
    button("zx-smaller")?.setAttribute("aria-disabled", String(step === 0));
    button("zx-larger")?.setAttribute("aria-disabled", String(step === SIZES.length - 1));
    const size = button("zx-size");
    if (size) size.textContent = `字号 ${SIZES[step]}`;
  }

  /** @param {Ease} next */
  function choose(next) {
    if (!(next.step in SIZES)) return;
    chosen = next;
    keep();
    show();
    showButtons();
    document.dispatchEvent(new Event("zx-ease"));
  }

  function offer() {
    const group = button("zx-ease");
    if (group) group.hidden = false;
    const listeners = {
      "zx-elder": () => choose({ ...chosen, isElder: !chosen.isElder }),
      "zx-smaller": () => choose({ ...chosen, step: chosen.step - 1 }),
      "zx-larger": () => choose({ ...chosen, step: chosen.step + 1 }),
    };
    for (const [id, listener] of Object.entries(listeners))
      button(id)?.addEventListener("click", listener);
    showButtons();
  }

  show();
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", offer);
  else offer();
})();
