/** @import { Delivery } from "./contract.js" */
import { element, icon } from "./element.js";

const WORDS = {
  idle: ["", ""],
  saving: ["…", "正在保存"],
  saved: ["✓", "已保存"],
  waiting: ["⧗", "待发送"],
  refused: ["!", "未被接受"],
};

/**
 * Where the answer is now, said truthfully: “saved” only once the server said so.
 *
 * @returns {{ node: HTMLElement, show: (delivery: Delivery) => void }}
 */
export function deliveryLine() {
  // The node stays in the page, as only a change inside a live region is read out.
  const node = element("p", { class: "zx-delivery", role: "status" });
  return {
    node,
    show({ status, message }) {
      const [sign, word] = WORDS[status] ?? WORDS.idle;
      node.className = `zx-delivery is-${status}`;
      const parts = word ? [icon(sign), element("strong", {}, word)] : [];
      node.replaceChildren(...parts, message ? ` ${message}` : "");
    },
  };
}
