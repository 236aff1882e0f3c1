/** @import { FieldContext, FormField } from "../contract.js" */
import { details, element } from "../element.js";

const LONGEST_TEXT = 5000;

/**
 * 简答: a text that a trainer reads, with a count of its characters, or a form of several.
 *
 * @param {FieldContext} context
 */
export function writtenField(context) {
  return context.question.fields?.length ? formField(context) : textField(context);
}

/** @param {FieldContext} context */
function textField({ value, isLocked, onChange }) {
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

/** @param {FieldContext} context */
function formField({ question, value, isLocked, onChange }) {
  const typed = /** @type {Record<string, string> | null} */ (value);
  const boxes = question.fields.map(({ label, lines }) => {
    const area = element("textarea", { class: "zx-input", rows: lines ?? 3, oninput: onChange });
    area.value = typed?.[label] ?? "";
    area.readOnly = isLocked;
    return area;
  });
  const rows = question.fields.map(({ label, hint, example, optional }, place) => {
    const name = element("strong", {}, optional ? `${label}（可不填）` : label);
    const note = element("span", { class: "zx-note" }, hint ?? "");
    const node = element("label", { class: "zx-formfield" }, name, note, boxes[place]);
    return element("div", {}, node, isLocked ? null : details("看示例", example));
  });
  const filled = () => question.fields.map(({ label }, place) => [label, boxes[place].value]);
  return {
    node: element("div", {}, ...rows),
    value: () => Object.fromEntries(filled()),
    problem: () => formProblem(question.fields, Object.fromEntries(filled())),
  };
}

/**
 * What keeps a form from being sent, in words.
 *
 * @param {FormField[]} fields
 * @param {Record<string, string>} typed
 */
export function formProblem(fields, typed) {
  const missing = fields.find(({ label, optional }) => !optional && !typed[label].trim());
  return missing ? `“${missing.label}”还没有填。` : writtenProblem(Object.values(typed).join(""));
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
