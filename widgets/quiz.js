// The question widget: one AFM module for the light page, JupyterLab and Voila.
// The host decides everything: this module shows `question`, `state` and `delivery`,
// and asks for one thing, `send({type: "answer", value, key})`.

/** @import { AnswerState, Delivery, Field, Model, Question, RenderContext } from "./contract.js" */
import { deliveryLine } from "./delivery.js";
import { draftOf } from "./draft.js";
import { cardElement, element } from "./element.js";
import { newKey } from "./key.js";
import { choiceField } from "./kinds/choice.js";
import { entryField } from "./kinds/entry.js";
import { matchField } from "./kinds/match.js";
import { orderField } from "./kinds/order.js";
import { writtenField } from "./kinds/written.js";
import { mayRetry, pointsInWords, resultPanel, triesInWords } from "./result.js";

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
};

/** Longest wait for the host before the learner may send again, in milliseconds. */
const LONGEST_SILENCE = 20_000;

/** @type {AnswerState} */
const UNANSWERED = {
  status: "open",
  attempts: 0,
  tries: 1,
  last: null,
  score: null,
  reasons: [],
  reveal: null,
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
    /** @type {{ key: string, value: string } | null} the answer that is not known to be saved */
    this.unsettled = null;
    this.isBusy = false;
    this.silence = 0;
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

  /** Start from the question as the host has it, and from what was typed and not yet taken. */
  begin() {
    const draft = this.question.id ? this.draft.read() : null;
    this.unsettled = draft?.key ? { key: draft.key, value: JSON.stringify(draft.value) } : null;
    this.isEditing = mayRetry(this.state) && (this.state.last === null || draft !== null);
    this.show(draft ? draft.value : (this.state.last?.value ?? null));
    this.showDelivery();
  }

  /**
   * @param {unknown} value
   */
  show(value) {
    const { question, state } = this;
    const kind = KINDS[question.kind];
    if (!kind) return this.showNothing();
    this.head.replaceChildren(...headParts(question, kind.label));
    const { reasons, reveal } = this.isEditing ? { reasons: [], reveal: null } : state;
    const isLocked = !this.isEditing;
    const onChange = () => this.onChange();
    this.field = kind.field({ question, value, isLocked, reasons, reveal, onChange });
    this.form.firstElementChild?.replaceChildren(
      element(
        "fieldset",
        { class: "zx-field" },
        element("legend", { class: "zx-prompt" }, question.prompt),
        question.hint && this.isEditing ? hint(question.hint) : null,
        this.field.node,
      ),
    );
    const panel = this.isEditing ? null : resultPanel(question, state);
    this.result.replaceChildren(...(panel ? [panel] : []));
    this.showActions();
    this.foot.replaceChildren(...footParts(question));
  }

  showNothing() {
    const words = this.question.id
      ? `这个页面还不会显示“${this.question.kind}”类题目。请刷新页面，或告诉教员。`
      : "题目还没有取到。";
    this.form.firstElementChild?.replaceChildren(element("p", { class: "zx-prompt" }, words));
  }

  showActions() {
    const { question, state } = this;
    this.problem = element("p", { class: "zx-problem", role: "alert" });
    const tries = element("span", { class: "zx-tries" }, triesInWords(question, state));
    const closed = state.status === "closed" ? "本课时现在不接收作答。" : "";
    if (this.isEditing) this.actions.replaceChildren(this.problem, this.submitButton(), tries);
    else if (mayRetry(state)) this.actions.replaceChildren(this.retryButton(), tries);
    else this.actions.replaceChildren(...(closed ? [element("span", {}, closed)] : []));
  }

  submitButton() {
    this.button = element("button", { type: "submit", class: "zx-button is-main" }, "提交答案");
    return this.button;
  }

  retryButton() {
    const word = this.state.score === null ? "修改答案" : "重新作答";
    const retry = () => {
      this.isEditing = true;
      this.show(this.state.last?.value ?? null);
      this.delivery.show({ status: "idle", message: "" });
      if (this.field) firstControl(this.field.node)?.focus();
    };
    return element("button", { type: "button", class: "zx-button", onclick: retry }, word);
  }

  onChange() {
    if (this.problem) this.problem.textContent = "";
    const isKept = this.draft.keep({ value: this.field?.value(), key: null });
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
    const problem = this.field.problem();
    if (this.problem) this.problem.textContent = problem;
    if (problem) firstControl(this.field.node)?.focus();
    else this.send(this.field.value());
  };

  /**
   * The same answer sent again keeps its key, so a lost reply cannot use up a second try.
   *
   * @param {unknown} value
   */
  send(value) {
    const text = JSON.stringify(value);
    if (this.unsettled?.value !== text) this.unsettled = { key: newKey(), value: text };
    this.draft.keep({ value, key: this.unsettled.key });
    this.setBusy(true);
    this.delivery.show({ status: "saving", message: "" });
    this.silence = window.setTimeout(() => this.onSilence(), LONGEST_SILENCE);
    this.model.send({ type: "answer", value, key: this.unsettled.key });
  }

  onSilence() {
    this.setBusy(false);
    const message = "还没有收到回音，答案仍在这里。请检查网络（或内核），再点一次“重新发送”。";
    this.delivery.show({ status: "waiting", message });
    if (this.button) this.button.textContent = "重新发送";
  }

  /**
   * @param {boolean} isBusy
   */
  setBusy(isBusy) {
    this.isBusy = isBusy;
    window.clearTimeout(this.silence);
    // Not `disabled`, which would throw the focus away.
    this.button?.setAttribute("aria-disabled", String(isBusy));
  }

  /** The host has another state: the answer is in, or the lesson opened or closed. */
  onState = () => {
    const hadFocus = this.root.contains(document.activeElement);
    this.isEditing = mayRetry(this.state) && this.state.last === null;
    this.show(this.state.last?.value ?? null);
    if (!hadFocus) return;
    /** @type {HTMLElement | null} */
    const next = this.actions.querySelector("button") ?? this.result.querySelector("div");
    next?.focus({ preventScroll: true });
  };

  onQuestion = () => this.begin();

  onDelivery = () => {
    if (this.model.get("delivery")?.status === "saved") this.settle();
    this.showDelivery();
  };

  showDelivery() {
    /** @type {Delivery} */
    const delivery = this.model.get("delivery") ?? { status: "idle", message: "" };
    this.setBusy(delivery.status === "saving");
    if (delivery.status === "waiting" && this.button) this.button.textContent = "重新发送";
    this.delivery.show(delivery);
  }

  settle() {
    this.unsettled = null;
    this.draft.drop();
  }
}

/**
 * @param {HTMLElement} node
 * @returns {HTMLElement | null}
 */
function firstControl(node) {
  return node.querySelector("input, select, textarea, button");
}

/**
 * @param {Question} question
 * @param {string} label
 */
function headParts(question, label) {
  const points = question.points ? `${pointsInWords(question.points)} 分` : "不计分";
  return [
    element("span", { class: "zx-kind" }, label),
    element("span", { class: "zx-points" }, points),
  ];
}

/** @param {string} text */
function hint(text) {
  return element(
    "details",
    { class: "zx-hint" },
    element("summary", {}, "看提示"),
    element("p", {}, text),
  );
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
  const listeners = /** @type {const} */ ([
    ["change:question", card.onQuestion],
    ["change:state", card.onState],
    ["change:delivery", card.onDelivery],
  ]);
  for (const [event, listener] of listeners) model.on(event, listener);
  return () => {
    for (const [event, listener] of listeners) model.off(event, listener);
    card.setBusy(false);
    card.root.remove();
  };
}

export default { render };
