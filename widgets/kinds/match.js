/** @import { Choice, Field, FieldContext } from "../contract.js" */
import { element, icon, uniqueName } from "../element.js";
import { reasonOf } from "./reason.js";

const LONGEST_IN_SELECT = 14;

/**
 * 匹配: a native list a left side, which works by key, touch and screen reader alike.
 *
 * @param {FieldContext} context
 */
export function matchField(context) {
  const { options, targets } = context.question;
  const rows = options.map((option) => matchRow(context, option));
  const missing = () => rows.filter(({ select }) => !select.value).length;
  return {
    node: element(
      "div",
      { class: "zx-match" },
      isLong(targets) ? targetList(targets) : null,
      ...rows.map(({ node }) => node),
    ),
    value: () => Object.fromEntries(rows.map(({ id, select }) => [id, select.value])),
    problem: () => (missing() ? `还有 ${missing()} 项没有选好对应项。` : ""),
  };
}

/** @param {Choice[]} targets */
function isLong(targets) {
  return targets.some((target) => Array.from(target.text).length > LONGEST_IN_SELECT);
}

/**
 * A closed list cuts long texts off, so they are also written out in full.
 *
 * @param {Choice[]} targets
 */
function targetList(targets) {
  const items = targets.map((target) => element("li", {}, target.text));
  return element("ol", { class: "zx-targets", type: "A" }, ...items);
}

/**
 * @param {FieldContext} context
 * @param {Choice} option
 */
function matchRow(context, option) {
  const { question, value, isLocked, onChange } = context;
  const id = uniqueName("match");
  const letters = isLong(question.targets);
  const select = element(
    "select",
    { id, class: "zx-input", onchange: onChange },
    element("option", { value: "" }, "请选择对应项"),
    ...question.targets.map((target, place) => {
      const letter = letters ? `${String.fromCharCode(65 + place)}. ` : "";
      return element("option", { value: target.id }, letter + target.text);
    }),
  );
  const pairs = /** @type {Record<string, string> | null} */ (value);
  const chosen = pairs?.[option.id] ?? "";
  select.value = question.targets.some((target) => target.id === chosen) ? chosen : "";
  select.disabled = isLocked;
  const row = element(
    "div",
    { class: "zx-pair" },
    element("label", { for: id, class: "zx-left" }, option.text),
    select,
    verdict(context, option.id, select.value),
  );
  return { id: option.id, select, node: row };
}

/**
 * @param {FieldContext} context
 * @param {string} left
 * @param {string} chosen
 */
function verdict(context, left, chosen) {
  const right = context.question.targets.find(({ id }) => id === context.reveal?.pairs?.[left]);
  if (!right) return reasonOf(context, left, "", icon("✓"));
  const isRight = right.id === chosen;
  const words = isRight ? "对应正确" : `正确对应：${right.text}`;
  const verdict = element("strong", {}, icon(isRight ? "✓" : "→"), words);
  return reasonOf(context, left, isRight ? "is-right" : "is-wrong", verdict, " ");
}
