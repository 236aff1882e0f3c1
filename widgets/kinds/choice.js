/** @import { Choice, Field, FieldContext } from "../contract.js" */
import { element, icon, uniqueName } from "../element.js";
import { reasonOf } from "./reason.js";

/**
 * 单选, 多选 and 判断: radio buttons or check boxes, each option one large target.
 *
 * @param {FieldContext} context
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
function optionBox(context, { id, text }, name) {
  const { question, value, isLocked, reveal, onChange } = context;
  const isChosen = Array.isArray(value) ? value.includes(id) : value === id;
  // What the key names; nothing while it is not revealed.
  const right = reveal?.option === undefined ? reveal?.options : [reveal.option];
  const isRight = right?.includes(id);
  const type = question.kind === "multiple" ? "checkbox" : "radio";
  const input = element("input", { type, name, value: id, onchange: onChange });
  input.checked = isChosen;
  input.disabled = isLocked;
  const label = element(
    "label",
    { class: "zx-option" },
    input,
    element("span", { class: "zx-option-text" }, text),
    isChosen && isLocked ? element("span", { class: "zx-tag" }, "您选的") : null,
    isRight ? element("span", { class: "zx-tag is-right" }, icon("✓"), "正确答案") : null,
  );
  const reason = reasonOf(context, id);
  if (reason) {
    reason.id = uniqueName("reason");
    input.setAttribute("aria-describedby", reason.id);
  }
  const shade = isRight ? " is-right" : isChosen && right ? " is-wrong" : "";
  const looks = `zx-option-box${isChosen && isLocked ? " is-chosen" : ""}${shade}`;
  return { node: element("div", { class: looks }, label, reason), input };
}
