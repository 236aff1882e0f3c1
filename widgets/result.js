/** @import { AnswerState, Criterion, OfAnswer, OfReveal, Question } from "./contract.js" */
import { element, icon } from "./element.js";

const SIGNS = ["✓", "◐", "↻"];
const SHADES = ["is-right", "is-partial", "is-wrong"];

/** By kind: everything gained, some of it, nothing; then the same once no try is left. */
const VERDICTS = /** @type {Record<string, string[]>} */ ({
  other: ["答对了", "还差一点", "不对，再想想", "答对了", "答对了一部分", "不对，看看解析"],
  case: ["走完了，每一步都稳妥", "走完了，还可以更稳妥", "走完了，再想想每一步"],
  panel: ["您选的是选的人最多的一项", "有一部分人和您选得一样", "没有人和您选得一样"],
});

/**
 * What came of the last answer, in words first: sign and colour only repeat them.
 *
 * @param {AnswerState} state
 * @param {string} [kind]
 * @returns {{ sign: string, words: string, shade: string } | null} null where nothing was answered
 */
export function verdictOf(state, kind = "other") {
  const { last, score } = state;
  if (!last) return null;
  if (score === null) return { sign: "✎", words: "已收到您的作答", shade: "is-waiting" };
  const words = VERDICTS[kind] ?? VERDICTS.other;
  const place = score >= 1 ? 0 : score > 0 ? 1 : 2;
  const final = mayRetry(state) ? place : place + 3;
  return { sign: SIGNS[place], words: words[final] ?? words[place], shade: SHADES[place] };
}

/** @param {AnswerState} state */
export function mayRetry({ status, attempts, tries }) {
  return status === "open" && attempts < tries;
}

/**
 * Points as people write them: no trailing zeros.
 *
 * @param {number} points
 */
export function pointsInWords(points) {
  return String(Math.round(points * 100) / 100);
}

/** @type {OfAnswer<HTMLElement[]>} */
export function resultPanel(question, state) {
  const isUnderWay = state.scene && !state.scene.is_end;
  const verdict = isUnderWay ? null : verdictOf(state, question.kind);
  if (!verdict && !state.reveal) return [];
  const panel = element("div", { class: `zx-result ${verdict?.shade ?? ""}`, tabindex: -1 });
  if (verdict) panel.append(headline(question, state, verdict));
  for (const text of notes(question, state)) panel.append(element("p", {}, text));
  if (state.reveal) panel.append(...revealed(question, state.reveal));
  return [panel];
}

/**
 * @param {Question} question
 * @param {AnswerState} state
 * @param {{ sign: string, words: string }} verdict
 */
function headline(question, { score, credit }, { sign, words }) {
  const line = element("p", { class: "zx-verdict" }, icon(sign), element("strong", {}, words));
  if (score === null || !question.points) return line;
  const [gained, all] = [(credit ?? score) * question.points, question.points].map(pointsInWords);
  line.append(element("span", { class: "zx-gained" }, `得 ${gained} 分，本题 ${all} 分`));
  return line;
}

/**
 * Sentences under the verdict: reasons that belong to no option, then what comes next.
 *
 * @type {OfAnswer<string[]>}
 */
function notes(question, state) {
  // What came of a step stands with the step.
  const offered = [...question.options, ...(state.scene?.path ?? [])].map(({ id }) => id);
  const found = state.reasons.filter(({ id }) => !offered.includes(id)).map(({ text }) => text);
  if (state.last && state.score === null) found.push(state.outlook);
  if (state.score !== null && state.score < 1 && mayRetry(state))
    found.push(question.kind === "case" ? "换一种走法，看看会怎样。" : "不急，改好后重新提交。");
  return found;
}

/**
 * Reasons as they stand with their options, for who hears the result.
 *
 * @type {OfAnswer<string>}
 */
export function heardReasons({ options }, { reasons }) {
  const found = reasons.flatMap(({ id, text }) => {
    const option = options.find((each) => each.id === id);
    return option ? `${option.text}：${text}` : [];
  });
  return found.join(" ");
}

/** @type {OfReveal<HTMLElement[]>} */
function revealed(question, reveal) {
  return [
    paragraph("参考答案", rightAnswer(question, reveal)),
    list("算的时候注意", reveal.steps),
    list("评分要点", reveal.rubric?.map(criterionInWords)),
    list(
      "更稳妥的走法",
      reveal.recommended?.map(({ text }) => text),
    ),
    paragraph("解析", reveal.explanation),
  ].filter((node) => node !== null);
}

/**
 * The right answer of a blank question; the other types show theirs in place.
 *
 * @type {OfReveal<string>}
 */
export function rightAnswer(question, reveal) {
  if (reveal.text) return reveal.text.join("、或 ");
  if (reveal.number === undefined) return "";
  const unit = reveal.unit ?? question.unit;
  const margin = reveal.tolerance ? `（相差不超过 ${reveal.tolerance} 都算对）` : "";
  return `${reveal.number}${unit ? ` ${unit}` : ""}${margin}`;
}

/** @param {Criterion} criterion */
function criterionInWords({ criterion, points, levels }) {
  const steps = levels?.length ? `：${levels.join("；")}` : "";
  return `${criterion}（${pointsInWords(points)} 分）${steps}`;
}

/**
 * @param {string} title
 * @param {string} [text]
 */
function paragraph(title, text) {
  const head = element("strong", { class: "zx-subhead" }, `${title}：`);
  return text ? element("p", {}, head, text) : null;
}

/**
 * @param {string} title
 * @param {string[]} [texts]
 */
function list(title, texts) {
  if (!texts?.length) return null;
  const items = texts.map((text) => element("li", {}, text));
  const head = element("p", { class: "zx-subhead" }, title);
  return element("div", {}, head, element("ul", {}, ...items));
}
