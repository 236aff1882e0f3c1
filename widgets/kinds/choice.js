/** @import { Choice, Field, FieldContext } from "../contract.js" */
import { element, icon, uniqueName } from "../element.js";

/**
 * 单选, 多选 and 判断: radio buttons or check boxes, each option one large target.
 *
 * @param {FieldContext} context
 * @returns {Field}
 */
export function choiceField(context) {
  const isMultiple = context.question.kind === "multiple";
  const name = uniqueName("choice");
  const boxes = context.question.options.map((option) => optionBox(context, option, name));
  const chosen = () => boxes.filter(({ input }) => input.checked).map(({ input }) => input.value);
  return {
    node: element("div", { class: "zx-options" }, ...boxes.map(({ node }) => node)),
    value: () => (isMultiple ? chosen() : (chosen()[0] ?? null)),
    problem: () => (chosen().length ? "" : isMultiple ? "请至少选一项。" : "请先选一项。"),
  };
}

/**
 * @param {FieldContext} context
 * @param {Choice} option
 * @param {string} name
 */
function optionBox(context, option, name) {
  const { value, isLocked, onChange } = context;
  const isChosen = Array.isArray(value) ? value.includes(option.id) : value === option.id;
  const type = context.question.kind === "multiple" ? "checkbox" : "radio";
  const input = element("input", { type, name, value: option.id, onchange: onChange });
  input.checked = isChosen;
  input.disabled = isLocked;
  const label = element(
    "label",
    { class: "zx-option" },
    input,
    element("span", { class: "zx-option-text" }, option.text),
    ...tags(context, option, isChosen),
  );
  const reason = reasonOf(context, option);
  const node = element("div", { class: boxClass(context, option, isChosen) }, label, reason);
  if (reason) {
    reason.id = uniqueName("reason");
    input.setAttribute("aria-describedby", reason.id);
  }
  return { node, input };
}

/**
 * @param {FieldContext} context
 * @param {Choice} option
 * @returns {boolean | null} whether the key names the option; null while it is not revealed
 */
function isKey({ reveal }, option) {
  if (reveal?.option !== undefined) return reveal.option === option.id;
  return reveal?.options ? reveal.options.includes(option.id) : null;
}

/**
 * @param {FieldContext} context
 * @param {Choice} option
 * @param {boolean} isChosen
 */
function boxClass(context, option, isChosen) {
  const key = isKey(context, option);
  const shade = key ? " is-right" : isChosen && key === false ? " is-wrong" : "";
  return `zx-option-box${isChosen && context.isLocked ? " is-chosen" : ""}${shade}`;
}

/**
 * @param {FieldContext} context
 * @param {Choice} option
 * @param {boolean} isChosen
 */
function tags(context, option, isChosen) {
  const found = [];
  if (isChosen && context.isLocked) found.push(element("span", { class: "zx-tag" }, "您选的"));
  if (isKey(context, option))
    found.push(element("span", { class: "zx-tag is-right" }, icon("✓"), "正确答案"));
  return found;
}

/**
 * @param {FieldContext} context
 * @param {Choice} option
 */
function reasonOf({ reasons, reveal }, option) {
  const all = reveal?.reasons ?? reasons;
  const text = all.find((reason) => reason.id === option.id)?.text;
  return text ? element("p", { class: "zx-reason" }, text) : null;
}
