// The code track's hand-in: a button that asks the kernel to send this notebook's file.
// Traits: `workbook` (name, path, saved_at in words, problem), `delivery`.

/** @import { Delivery, Model, RenderContext } from "./contract.js" */
import { deliveryLine } from "./delivery.js";
import { button, cardElement, element } from "./element.js";
import { listening } from "./listening.js";

/** Longest wait for the kernel before the learner may press again, in milliseconds. */
const LONGEST_SILENCE = 30_000;

class HandinCard {
  /**
   * @param {Model} model
   * @param {HTMLElement} el
   */
  constructor(model, el) {
    this.model = model;
    this.delivery = deliveryLine();
    this.facts = element("div", { class: "zx-facts" });
    this.button = button("交到课堂", () => this.send(), "is-main");
    this.root = cardElement("zx-handin", this.facts, this.button, this.delivery.node);
    this.silence = 0;
    el.append(this.root);
    this.show();
    this.showDelivery();
  }

  show = () => {
    const { name, saved_at, problem } = this.model.get("workbook") ?? {};
    const lines = problem
      ? [element("p", {}, problem)]
      : [
          element("p", {}, "要交的文件：", element("strong", {}, name ?? "")),
          element("p", {}, "最近一次保存：", element("strong", {}, saved_at ?? "")),
          element(
            "p",
            { class: "zx-note" },
            "先按 Ctrl+S 保存，再点下面的按钮；可以再交，以最后一次为准。",
          ),
        ];
    this.facts.replaceChildren(...lines);
    this.button.hidden = Boolean(problem);
  };

  send() {
    if (this.button.getAttribute("aria-disabled") === "true") return;
    this.setBusy(true);
    this.delivery.show({ status: "saving", message: "" });
    this.silence = window.setTimeout(() => this.onSilence(), LONGEST_SILENCE);
    this.model.send({ type: "handin" });
  }

  onSilence() {
    this.setBusy(false);
    const message = "还没有收到回音。请检查内核是否在运行，再点一次。";
    this.delivery.show({ status: "waiting", message });
  }

  /** @param {boolean} isBusy */
  setBusy(isBusy) {
    window.clearTimeout(this.silence);
    this.button.setAttribute("aria-disabled", String(isBusy));
  }

  showDelivery = () => {
    /** @type {Delivery} */
    const delivery = this.model.get("delivery") ?? { status: "idle", message: "" };
    this.setBusy(delivery.status === "saving");
    this.delivery.show(delivery);
  };
}

/** @param {RenderContext} context */
function render({ model, el }) {
  const card = new HandinCard(model, el);
  const listeners = { "change:workbook": card.show, "change:delivery": card.showDelivery };
  return listening(model, card.root, listeners, () => card.setBusy(false));
}

export default { render };
