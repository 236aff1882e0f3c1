/** @import { Field, Question } from "./contract.js" */
import { element } from "./element.js";
import { choiceField } from "./kinds/choice.js";

const LEVELS = ["没把握", "有些把握", "很有把握"];

/**
 * How sure a learner is of an answer: the number of a level, from 1.
 *
 * @param {Question} question
 * @param {number | null} level said before
 * @param {() => void} onChange
 */
export function certaintyField(question, level, onChange) {
  const options = LEVELS.map((text, place) => ({ id: String(place + 1), text }));
  const asked = { ...question, kind: "single", options };
  const open = { value: String(level), isLocked: false, reasons: [], reveal: null };
  const field = choiceField({ ...open, question: asked, onChange });
  const title = element("legend", { class: "zx-subhead" }, "您对这个答案有多大把握？");
  return {
    node: element("fieldset", { class: "zx-field zx-certainty" }, title, field.node),
    value: () => Number(field.value()),
    problem: () => (field.value() ? "" : "请选一下您有多大把握。"),
  };
}
