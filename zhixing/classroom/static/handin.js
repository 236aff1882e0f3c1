// Hand-in: asks once more, sends what waits first, and tells what became of it.

import { call, problemOf } from "./call.js";

/**
 * @typedef {{ api: string, owner: string, course: string, lesson: string, handInKey: string,
 *   questions: Record<string, string> }} Page
 */

/** @returns {HTMLElement[]} sections with questions that have no answer yet */
export function unansweredLines() {
  return [...document.querySelectorAll("li[data-unanswered]")].filter(
    (one) => one instanceof HTMLElement,
  );
}

/** @param {HTMLElement} line */
export function idsOf(line) {
  return (line.dataset.unanswered ?? "").split(" ").filter(Boolean);
}

export class HandIn {
  /**
   * @param {Page} page
   * @param {import("./outbox.js").Outbox} outbox
   * @param {HTMLButtonElement} button
   * @param {HTMLElement} told
   */
  constructor(page, outbox, button, told) {
    this.page = page;
    this.outbox = outbox;
    this.button = button;
    this.told = told;
    this.isConfirmed = false;
    button.addEventListener("click", () => this.onClick());
  }

  async onClick() {
    if (!this.isConfirmed) return this.ask();
    this.button.disabled = true;
    this.told.textContent = "正在交卷…";
    await this.outbox.flush();
    const waiting = this.outbox.parcels().length;
    if (waiting)
      this.told.textContent = `还有 ${waiting} 份答案没有送到，暂时不能交卷。送到后请再点一次。`;
    else if (await this.send()) return;
    this.button.disabled = false;
  }

  ask() {
    this.isConfirmed = true;
    const left = unansweredLines().flatMap(idsOf).length;
    const drafts = this.drafts();
    this.told.textContent = [
      left ? `还有 ${left} 道题没有答。` : "",
      drafts ? `有 ${drafts} 道题写了还没有提交，没提交的内容不会交上去。` : "",
      "交卷后不能再答。确定的话，请再点一次。",
    ].join("");
    this.button.textContent = "确定交卷";
  }

  /** How many questions of the lesson hold something that was typed and not submitted. */
  drafts() {
    const { owner, questions } = this.page;
    try {
      const names = Object.keys(questions).map((id) => `zhixing:draft:${owner}:${id}`);
      return names.filter((name) => window.localStorage.getItem(name) !== null).length;
    } catch {
      return 0; // storage is forbidden, so no draft outlived its page
    }
  }

  /** Whether the lesson is handed in now. */
  async send() {
    const { api, course, lesson, handInKey } = this.page;
    const address = `${api}/courses/${course}/lessons/${lesson}/submissions`;
    try {
      const answer = await call("POST", address, { key: handInKey });
      if (answer.ok) {
        const { receipt } = await answer.json();
        this.told.textContent = `已交卷，回执编号 ${receipt}。`;
        window.location.reload(); // shows the receipt, and every explanation
        return true;
      }
      const { message, next } = await problemOf(answer);
      this.told.textContent = `没有交成：${message}${next}`;
    } catch {
      this.told.textContent = "网络不通，没有交成。请稍后再点一次。";
    }
    return false;
  }
}
