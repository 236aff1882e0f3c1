// The question widget: one AFM module for the light page, JupyterLab and Voila.
// The host decides everything: this module shows `question`, `state` and `delivery`,
// and asks for one thing, `send({type: "answer", value, key})`.

/** @import { AnswerState, Delivery, Field, Model, Question, RenderContext } from "./contract.js" */
import { certaintyField } from "./certainty.js";
import { deliveryLine } from "./delivery.js";
import { draftOf } from "./draft.js";
import { button, cardElement, details, element } from "./element.js";
import { newKey } from "./key.js";
import { caseField } from "./kinds/case.js";
import { choiceField } from "./kinds/choice.js";
import { entryField } from "./kinds/entry.js";
import { matchField } from "./kinds/match.js";
import { orderField } from "./kinds/order.js";
import { panelField } from "./kinds/panel.js";
import { writtenField } from "./kinds/written.js";
import { listening } from "./listening.js";
import { heardReasons, mayRetry, pointsInWords, resultPanel } from "./result.js";

/** @type {Record<string, { label: string, field: (context: any) => Field }>} */
export const KINDS = {
  single: { label: "单选", field: choiceField },
  multiple: { label: "多选", field: choiceField },
  truth: { label: "判断", field: choiceField },
  blank: { label: "填空", field: entryField },
  match: { label: "匹配", field: matchField },
  order: { label: "排序", field: orderField },
  data: { label: "数据答案", field: entryField },
  written: { label: "简答", field: writtenField },
  case: { label: "案例推演", field: caseField },
  panel: { label: "情境判断", field: panelField },
};

/** Longest wait for the host before the learner may send again, in milliseconds. */
const LONGEST_SILENCE = 20_000;

const GONE_ON = "这是刚才提交的；后来的修改还没有提交。";
const ONE_BY_ONE = "这一步送到以后，才能走下一步。";

/** @type {AnswerState} */
const UNANSWERED = {
  status: "open",
  attempts: 0,
  tries: 1,
  counting: "",
  outlook: "",
  last: null,
  score: null,
  reasons: [],
  reveal: null,
  scene: null,
};

class QuizCard {
  /**
   * @param {Model} model
   * @param {HTMLElement} el
   */
  constructor(model, el) {
    this.model = model;
    this.delivery = deliveryLine();
    this.head = element("div", { class: "zx-head" });
    this.form = element("form", { class: "zx-form", novalidate: true, onsubmit: this.onSubmit });
    this.result = element("div", { role: "status" });
    this.actions = element("div", { class: "zx-actions" });
    this.foot = element("div", { class: "zx-foot" });
    this.form.append(element("div", { class: "zx-body" }), this.result, this.actions);
    this.root = cardElement("zx-quiz", this.head, this.form, this.delivery.node, this.foot);
    el.append(this.root);
    /** @type {Field | null} */
    this.field = null;
    /** @type {Field | null} */
    this.certainty = null;
    /** @type {{ key: string, value: string } | null} the answer that is not known to be saved */
    this.unsettled = null;
    this.isBusy = false;
    this.silence = 0;
    /** What was sent last, as text. */
    this.sent = "";
    this.begin();
  }

  /** @returns {Question} */
  get question() {
    return this.model.get("question") ?? {};
  }

  /** @returns {AnswerState} */
  get state() {
    return { ...UNANSWERED, ...this.model.get("state") };
  }

  get draft() {
    return draftOf(this.question, this.model.get("owner") ?? "");
  }

  get isCase() {
    return this.question.kind === "case";
  }

  /** Whether the form is open without being asked for: nothing answered, or a case under way. */
  mayAnswer() {
    const { last, scene } = this.state;
    return mayRetry(this.state) && (last === null || scene?.is_end === false);
  }

  /** Start from the question as the host has it, and from what was typed and not yet taken. */
  begin = () => {
    const draft = this.question.id ? this.draft.read() : null;
    /** @type {number | null} */
    this.sure = draft?.certainty ?? null;
    this.unsettled = draft?.key ? { key: draft.key, value: this.given(draft.value) } : null;
    this.isEditing = this.mayAnswer() || (draft !== null && !this.isCase && mayRetry(this.state));
    this.show(draft ? draft.value : (this.state.last?.value ?? null));
    this.showDelivery();
  };

  /** @param {unknown} value */
  show(value) {
    const { question, state } = this;
    const kind = KINDS[question.kind];
    if (!kind) return this.showNothing();
    const label = question.fields?.length ? "填表" : kind.label;
    this.head.replaceChildren(...headParts(question, label));
    const told = this.isEditing ? { reasons: [], reveal: null } : {};
    const context = { ...state, ...told, question, value, isLocked: !this.isEditing };
    this.field = kind.field({ ...context, onChange: () => this.onChange() });
    this.certainty =
      question.certainty && this.isEditing
        ? certaintyField(question, this.sure, () => this.onChange())
        : null;
    this.form.firstElementChild?.replaceChildren(
      element(
        "fieldset",
        { class: "zx-field" },
        element("legend", { class: "zx-prompt" }, question.prompt),
        this.isEditing ? details("看提示", question.hint) : null,
        this.field.node,
      ),
      ...(this.certainty ? [this.certainty.node] : []),
    );
    this.showResult();
    this.showActions();
    this.foot.replaceChildren(...footParts(question));
  }

  showResult() {
    const { state, isEditing } = this;
    const parts = isEditing ? [] : resultPanel(this.question, state);
    const step = isEditing && state.scene?.is_end ? null : state.scene?.path.at(-1);
    const heard = isEditing ? "" : heardReasons(this.question, state);
    // Seen with the step or the option itself; here it is read out.
    if (step) parts.unshift(element("p", { class: "zx-unseen" }, `选了之后：${step.consequence}`));
    if (heard) parts.push(element("p", { class: "zx-unseen" }, heard));
    this.result.replaceChildren(...parts);
  }

  showNothing() {
    const words = this.question.id
      ? `这个页面还不会显示“${this.question.kind}”类题目。请刷新页面，或告诉教员。`
      : "题目还没有取到。";
    this.form.firstElementChild?.replaceChildren(element("p", { class: "zx-prompt" }, words));
  }

  showActions() {
    const { state } = this;
    const tries = element("span", { class: "zx-tries" }, mayRetry(state) ? state.counting : "");
    const closed = state.status === "closed" ? "本课时现在不接收作答。" : "";
    if (this.isEditing) {
      this.problem = element("p", { class: "zx-problem", role: "alert" });
      this.button = button(this.isCase ? "确定" : "提交答案", undefined, "is-main");
      this.button.type = "submit";
      this.actions.replaceChildren(this.problem, this.button, tries);
    } else if (mayRetry(state)) {
      const other = state.score === null ? "修改答案" : "重新作答";
      this.actions.replaceChildren(button(this.isCase ? "再走一遍" : other, this.retry), tries);
    } else this.actions.replaceChildren(closed);
  }

  retry = () => {
    this.isEditing = true;
    this.show(this.state.last?.value ?? null);
    this.delivery.show({ status: "idle", message: "" });
    if (this.field) (placeIn(this.field) ?? firstControl(this.field.node))?.focus();
  };

  onChange() {
    if (this.problem) this.problem.textContent = "";
    const certainty = /** @type {number | null} */ (this.certainty?.value() || null);
    const isKept = this.draft.keep({ value: this.field?.value(), key: null, certainty });
    if (this.question.kind !== "written" || this.isBusy) return;
    const message = isKept
      ? "草稿留在这台设备上，提交后才会送出。"
      : "这台设备不能留草稿，请及时提交。";
    this.delivery.show({ status: "idle", message });
  }

  /** @type {EventListener} */
  onSubmit = (event) => {
    event.preventDefault();
    if (this.isBusy || !this.isEditing || !this.field) return;
    const fields = [this.field, this.certainty].filter((field) => field !== null);
    const missing = fields.find((field) => field.problem());
    if (this.problem) this.problem.textContent = missing?.problem() ?? "";
    if (missing) firstControl(missing.node)?.focus();
    else this.send(this.field.value());
  };

  /**
   * The same answer sent again keeps its key, so a lost reply cannot use up a second try.
   *
   * @param {unknown} value
   */
  send(value) {
    this.sure = /** @type {number | null} */ (this.certainty?.value() ?? null);
    const text = this.given(value);
    if (this.unsettled?.value !== text) this.unsettled = { key: newKey(), value: text };
    this.sent = JSON.stringify(value);
    this.draft.keep({ value, key: this.unsettled.key, certainty: this.sure });
    this.setBusy(true);
    this.delivery.show({ status: "saving", message: "" });
    this.silence = window.setTimeout(() => this.onSilence(), LONGEST_SILENCE);
    const sure = this.sure ? { certainty: this.sure } : {};
    this.model.send({ type: "answer", value, key: this.unsettled.key, ...sure });
  }

  /**
   * What is sent, as one text: another certainty is another answer.
   *
   * @param {unknown} value
   */
  given(value) {
    return JSON.stringify([value, this.sure]);
  }

  onSilence() {
    this.setBusy(false);
    const message = "还没有收到回音，答案仍在这里。请检查网络（或内核），再点一次“重新发送”。";
    this.showDelivery({ status: "waiting", message });
  }

  /** @param {boolean} isBusy */
  setBusy(isBusy) {
    this.isBusy = isBusy;
    window.clearTimeout(this.silence);
    // Not `disabled`, which would throw the focus away.
    this.button?.setAttribute("aria-disabled", String(isBusy));
  }

  /** Whether the learner has gone on since what was sent; that must not be written over. */
  isAhead() {
    if (!this.sent || this.isCase || !this.isEditing || !mayRetry(this.state)) return false;
    return JSON.stringify(this.field?.value()) !== this.sent;
  }

  /** The host has another state: the answer is in, or the lesson opened or closed. */
  onState = () => {
    if (this.isAhead()) return this.showActions();
    const hadFocus = this.root.contains(document.activeElement);
    this.isEditing = this.mayAnswer();
    this.show(this.state.last?.value ?? null);
    if (!hadFocus) return;
    const place = this.field && placeIn(this.field);
    /** @type {HTMLElement | null} */
    const next = this.actions.querySelector("button") ?? this.result.querySelector("div");
    if (place) place.focus();
    else next?.focus({ preventScroll: true });
  };

  onDelivery = () => {
    const isSaved = this.model.get("delivery")?.status === "saved";
    const isAhead = isSaved && this.isAhead();
    if (isSaved) this.unsettled = null;
    if (isSaved && !isAhead) this.draft.drop();
    this.showDelivery(isAhead ? { status: "saved", message: GONE_ON } : undefined);
  };

  /** @param {Delivery} [delivery] */
  showDelivery(delivery = this.model.get("delivery") ?? { status: "idle", message: "" }) {
    const { status, message } = delivery;
    const isWaiting = status === "waiting";
    this.setBusy(status === "saving");
    if (isWaiting && this.button) this.button.textContent = "重新发送";
    this.delivery.show(
      isWaiting && this.isCase ? { status, message: message + ONE_BY_ONE } : delivery,
    );
    // The next step of a case depends on this one, so no other can be chosen meanwhile.
    if (this.isCase && this.isEditing)
      for (const input of this.form.querySelectorAll("input"))
        input.disabled = isWaiting || status === "saving";
  }
}

/** @type {(node: HTMLElement) => HTMLElement | null} */
const firstControl = (node) => node.querySelector("input, select, textarea, button");

/** @type {(field: Field) => HTMLElement | null} */
const placeIn = ({ node }) => node.querySelector(".zx-situation");

/**
 * @param {Question} question
 * @param {string} label
 */
function headParts(question, label) {
  const points = question.points ? `${pointsInWords(question.points)} 分` : "不计分";
  return [element("span", { class: "zx-kind" }, label), element("span", {}, points)];
}

/** @param {Question} question */
function footParts({ source, assumption }) {
  return [
    source ? element("p", {}, element("strong", {}, "出处："), source) : null,
    assumption
      ? element("p", {}, element("span", { class: "zx-tag is-assumption" }, "教学假设"), assumption)
      : null,
  ].filter((part) => part !== null);
}

/** @param {RenderContext} context */
function render({ model, el }) {
  const card = new QuizCard(model, el);
  const listeners = {
    "change:question": card.begin,
    "change:state": card.onState,
    "change:delivery": card.onDelivery,
  };
  return listening(model, card.root, listeners, () => card.setBusy(false));
}

export default { render };
