/** @import { FieldContext } from "../contract.js" */
import { element } from "../element.js";

const LONGEST_TEXT = 5000;

/**
 * 简答: a text that a trainer reads, with a count of its characters.
 *
 * @param {FieldContext} context
 */
export function writtenField({ value, isLocked, onChange }) {
  const count = element("p", { class: "zx-note" });
  const area = element("textarea", { class: "zx-input", rows: 8, "aria-label": "您的作答" });
  const tell = () => {
    const problem = writtenProblem(area.value);
    const written = Array.from(area.value).length;
    count.textContent = `已写 ${written} 字，最多 ${LONGEST_TEXT} 字。`;
    count.classList.toggle("is-over", written > LONGEST_TEXT);
    area.setAttribute("aria-invalid", String(written > 0 && problem !== ""));
  };
  area.addEventListener("input", () => {
    tell();
    onChange();
  });
  area.value = typeof value === "string" ? value : "";
  area.readOnly = isLocked;
  tell();
  return {
    node: element("div", {}, area, count),
    value: () => area.value,
    problem: () => writtenProblem(area.value),
  };
}

/**
 * What keeps a text from being sent, in words.
 *
 * @param {string} text
 */
export function writtenProblem(text) {
  const excess = Array.from(text).length - LONGEST_TEXT;
  if (excess > 0) return `超出 ${excess} 字，请控制在 ${LONGEST_TEXT} 字以内。`;
  return text.trim() ? "" : "请先写下您的想法再提交。";
}
