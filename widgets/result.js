/** @import { AnswerState, Criterion, Question, Reveal } from "./contract.js" */
import { element, icon } from "./element.js";

/**
 * What came of the last answer, in words first: sign and colour only repeat them.
 *
 * @param {AnswerState} state
 * @returns {{ sign: string, words: string, shade: string } | null} null where nothing was answered
 */
export function verdictOf(state) {
  if (!state.last) return null;
  const isOver = !mayRetry(state);
  if (state.score === null) return { sign: "✎", words: "已收到您的作答", shade: "is-waiting" };
  if (state.score >= 1) return { sign: "✓", words: "答对了", shade: "is-right" };
  if (state.score > 0)
    return { sign: "◐", words: isOver ? "答对了一部分" : "还差一点", shade: "is-partial" };
  return { sign: "↻", words: isOver ? "不对，看看解析" : "不对，再想想", shade: "is-wrong" };
}

/** @param {AnswerState} state */
export function mayRetry({ status, attempts, tries }) {
  return status === "open" && attempts < tries;
}

/**
 * Tries left, in words; a written text may be put down again until hand-in.
 *
 * @param {Question} question
 * @param {AnswerState} state
 */
export function triesInWords({ kind }, state) {
  if (!mayRetry(state)) return "";
  if (kind === "written") return "交卷前可以反复修改，以最后一次为准。";
  const left = state.tries - state.attempts;
  if (state.attempts > 0) return `还可以再答 ${left} 次。`;
  return left === 1 ? "这道题答一次，想好再提交。" : `这道题可以答 ${left} 次，以最好的一次计分。`;
}

/**
 * Points as people write them: no trailing zeros.
 *
 * @param {number} points
 */
export function pointsInWords(points) {
  return String(Math.round(points * 100) / 100);
}

/**
 * @param {Question} question
 * @param {AnswerState} state
 * @returns {HTMLElement | null}
 */
export function resultPanel(question, state) {
  const verdict = verdictOf(state);
  if (!verdict && !state.reveal) return null;
  const panel = element("div", { class: `zx-result ${verdict?.shade ?? ""}`, tabindex: -1 });
  if (verdict) panel.append(headline(question, state, verdict));
  for (const text of notes(question, state)) panel.append(element("p", {}, text));
  if (state.reveal) panel.append(...revealed(question, state.reveal));
  return panel;
}

/**
 * @param {Question} question
 * @param {AnswerState} state
 * @param {{ sign: string, words: string }} verdict
 */
function headline(question, { score }, { sign, words }) {
  const gained =
    score === null || question.points === 0
      ? null
      : `得 ${pointsInWords(score * question.points)} 分，本题 ${pointsInWords(question.points)} 分`;
  return element(
    "p",
    { class: "zx-verdict" },
    icon(sign),
    element("strong", {}, words),
    gained ? element("span", { class: "zx-gained" }, gained) : null,
  );
}

/**
 * Sentences under the verdict: reasons that belong to no option, then what comes next.
 *
 * @param {Question} question
 * @param {AnswerState} state
 */
function notes(question, state) {
  const offered = question.options.map(({ id }) => id);
  const found = state.reasons.filter(({ id }) => !offered.includes(id)).map(({ text }) => text);
  if (state.last && state.score === null) found.push(outlook(question, state));
  if (state.score !== null && state.score < 1 && mayRetry(state))
    found.push("不急，再看一遍，改好后重新提交。");
  return found;
}

/**
 * What an answer without a score waits for.
 *
 * @param {Question} question
 * @param {AnswerState} state
 */
function outlook({ kind }, { status }) {
  if (kind !== "written") return "结果和解析在交卷后显示。";
  return status === "waiting"
    ? "已交给教员，批阅后成绩和评语会出现在课程页上。"
    : "交卷后由教员批阅，成绩和评语会出现在课程页上。";
}

/**
 * @param {Question} question
 * @param {Reveal} reveal
 */
function revealed(question, reveal) {
  const answer = rightAnswer(question, reveal);
  return [
    answer ? paragraph("参考答案", answer) : null,
    reveal.steps?.length ? list("算的时候注意", reveal.steps) : null,
    reveal.rubric?.length ? list("评分要点", reveal.rubric.map(criterionInWords)) : null,
    reveal.explanation ? paragraph("解析", reveal.explanation) : null,
  ].filter((node) => node !== null);
}

/**
 * The right answer of a blank question; the other types show theirs in place.
 *
 * @param {Question} question
 * @param {Reveal} reveal
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
 * @param {string} text
 */
function paragraph(title, text) {
  return element("p", {}, element("strong", { class: "zx-subhead" }, `${title}：`), text);
}

/**
 * @param {string} title
 * @param {string[]} texts
 */
function list(title, texts) {
  return element(
    "div",
    {},
    element("p", { class: "zx-subhead" }, title),
    element("ul", {}, ...texts.map((text) => element("li", {}, text))),
  );
}
