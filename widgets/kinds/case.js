/** @import { Axis, Field, FieldContext, Scene } from "../contract.js" */
import { bar, element, icon, uniqueName } from "../element.js";
import { choiceField } from "./choice.js";

/** A teaching assumption. */
const AXIS_WORDS = ["需要补上", "还有短板", "基本稳妥", "稳妥"];

/**
 * 案例推演: the path so far with what came of each step, where one stands now, what may be done.
 *
 * Its value is the whole path with the step that was chosen and not yet sent.
 *
 * @param {FieldContext} context
 */
export function caseField(context) {
  const scene = sceneToWalk(context);
  const path = scene.path.map(({ id }) => id);
  const id = uniqueName("situation");
  const next = choiceField({
    ...context,
    question: { ...context.question, options: scene.choices },
    value: nextStep(context.value, path),
    reasons: [],
    reveal: null,
  });
  next.node.setAttribute("role", "radiogroup");
  next.node.setAttribute("aria-labelledby", id);
  const title = path.length ? "现在的情形" : "情形";
  const now = scene.is_end
    ? ending(scene, id)
    : [standing(title, id, element("p", {}, scene.text)), next.node];
  return {
    node: element("div", { class: "zx-case" }, walked(scene), ...now),
    value: () => [...path, next.value()],
    problem: next.problem,
  };
}

/**
 * After an end a new walk begins at the start.
 *
 * @param {FieldContext} context
 */
function sceneToWalk({ scene, isLocked }) {
  if (!scene) return { path: [], text: "", choices: [], is_end: false };
  return scene.is_end && !isLocked && scene.start
    ? { ...scene.start, path: [], is_end: false }
    : scene;
}

/**
 * The step of a draft that goes on from here; a draft of another place is none.
 *
 * @param {unknown} value
 * @param {string[]} path
 */
function nextStep(value, path) {
  if (!Array.isArray(value) || value.length !== path.length + 1) return null;
  return path.every((step, place) => step === value[place]) ? value[path.length] : null;
}

/** @param {Scene} scene */
function walked({ path }) {
  if (!path.length) return null;
  const steps = path.map(({ text, consequence }, place) =>
    element(
      "li",
      {},
      element("p", {}, element("strong", {}, `第 ${place + 1} 步：`), text),
      element("p", { class: "zx-consequence" }, icon("→"), consequence),
    ),
  );
  return element("ol", { class: "zx-path", "aria-label": "已经走过的步骤" }, ...steps);
}

/**
 * Where one stands; the focus comes here after each step.
 *
 * @param {string} title
 * @param {string} id
 * @param {...(HTMLElement | null)} parts
 */
function standing(title, id, ...parts) {
  const head = element("p", { class: "zx-subhead" }, title);
  return element("div", { id, class: "zx-situation", tabindex: -1 }, head, ...parts);
}

/**
 * @param {Scene} scene
 * @param {string} id
 */
function ending({ ending: sentence, axes, capped }, id) {
  const words = "其中有一步弄虚作假、违法或泄露隐私，不管别处走得多好，全案最高 59 分。";
  const told = sentence ? element("p", {}, sentence) : null;
  const cap = capped ? element("p", { class: "zx-capped" }, icon("✗"), words) : null;
  const end = standing("推演到这里结束", id, told, cap);
  return axes?.length ? [end, axisList(axes)] : [end];
}

/** @param {Axis[]} axes */
function axisList(axes) {
  const rows = axes.map(({ name, score }) =>
    element(
      "li",
      {},
      element("span", {}, name),
      bar(score),
      element("span", {}, `${axisInWords(score)}，${Math.round(score * 100)} 分`),
    ),
  );
  return element(
    "ul",
    { class: "zx-axes", "aria-label": "四个方面的得分，满分各 100 分" },
    ...rows,
  );
}

/** @param {number} score */
export function axisInWords(score) {
  return AXIS_WORDS[[0.3, 0.6, 0.85].filter((least) => score >= least).length];
}
