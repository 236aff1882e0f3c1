/** @import { FieldContext, Question } from "../contract.js" */
import { element } from "../element.js";

const LONGEST_LINE = 200;

/** @type {Record<string, string>} */
const PLACEHOLDERS = {
  "%": "填百分数，如 50.5",
  integer: "填整数",
  rate: "填小数，如 0.5",
  number: "填数字",
};
const SEPARATORS = /[\s,;\u3001]+/;

/**
 * 填空 and 数据答案: one line for a text or a number, a larger box for a set of codes, a grid.
 *
 * @param {FieldContext} context
 */
export function entryField(context) {
  const { form } = context.question;
  if (context.question.row_labels?.length) return gridField(context);
  return form === "set" ? setField(context) : lineField(context);
}

/** @param {FieldContext} context */
function lineField({ question, value, isLocked, onChange }) {
  const isText = question.form === "text" || question.form === "";
  const input = element("input", {
    type: "text",
    class: isText ? "zx-input" : "zx-input is-number",
    "aria-label": question.unit ? `您的答案，单位：${question.unit}` : "您的答案",
    placeholder: PLACEHOLDERS[question.unit === "%" ? "%" : question.form] ?? "",
    inputmode: isText ? "text" : question.form === "integer" ? "numeric" : "decimal",
    autocomplete: "off",
    oninput: onChange,
  });
  input.value = value === null || value === undefined ? "" : String(value);
  input.readOnly = isLocked;
  const unit = question.unit ? element("span", { class: "zx-unit" }, question.unit) : null;
  return {
    node: element("div", { class: "zx-line" }, input, unit),
    value: () => input.value,
    problem: () => lineProblem(input.value),
  };
}

/**
 * What keeps a typed line from being sent; how a number may be written only the server knows.
 *
 * @param {string} typed
 */
export function lineProblem(typed) {
  const length = Array.from(typed.trim()).length;
  if (!length) return "请先填写答案。";
  return length > LONGEST_LINE ? `请控制在 ${LONGEST_LINE} 字以内。` : "";
}

/** @param {FieldContext} context */
function setField({ value, isLocked, onChange }) {
  const count = element("p", { class: "zx-note" });
  const area = element("textarea", {
    class: "zx-input",
    rows: 4,
    "aria-label": "您的答案，逐个填写",
    placeholder: "逐个填写，用逗号、顿号、空格或换行隔开",
    autocomplete: "off",
    spellcheck: "false",
  });
  const tell = () => {
    count.textContent = `已填 ${members(area.value).length} 个，次序不影响结果。`;
  };
  area.addEventListener("input", () => {
    tell();
    onChange();
  });
  area.value = Array.isArray(value) ? value.join("、") : String(value ?? "");
  area.readOnly = isLocked;
  tell();
  return {
    node: element("div", {}, area, count),
    value: () => area.value,
    problem: () => (members(area.value).length ? "" : "请先填写答案。"),
  };
}

/**
 * Different members of a typed set.
 *
 * @param {string} text
 */
export function members(text) {
  return [...new Set(text.normalize("NFKC").split(SEPARATORS).filter(Boolean))];
}

/**
 * Rows of boxes; the server knows what belongs into each. Only shifts may stay without anybody.
 *
 * @param {FieldContext} context
 */
function gridField({ question, value, isLocked, onChange }) {
  const [corner, ...columns] = question.columns;
  const typed = /** @type {Record<string, unknown[]> | null} */ (value);
  const rows = question.row_labels.map((label) => ({
    label,
    inputs: columns.map((column, place) => {
      const name = `${label}，${column}`;
      const attributes = { class: "zx-input", "aria-label": name, autocomplete: "off" };
      const input = element("input", { ...attributes, type: "text", oninput: onChange });
      input.value = String(typed?.[label]?.[place] ?? "");
      input.readOnly = isLocked;
      return input;
    }),
  }));
  const heads = [corner, ...columns].map((column) => element("th", { scope: "col" }, column));
  const body = rows.map(({ label, inputs }) => {
    const cells = inputs.map((input, place) =>
      element("td", { "data-label": columns[place] }, input),
    );
    return element("tr", {}, element("th", { scope: "row" }, label), ...cells);
  });
  const empty = () => rows.flatMap(({ inputs }) => inputs).filter((input) => !input.value.trim());
  return {
    node: element(
      "table",
      { class: "zx-grid" },
      element("thead", {}, element("tr", {}, ...heads)),
      element("tbody", {}, ...body),
    ),
    value: () =>
      Object.fromEntries(rows.map(({ label, inputs }) => [label, inputs.map((one) => one.value)])),
    problem: () => {
      const left = empty().length;
      const isShort = question.form === "shifts" ? left === rows.length : left > 0;
      return isShort ? `还有 ${left} 格没有填。` : "";
    },
  };
}
