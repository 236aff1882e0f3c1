/** @import { Field, FieldContext, Panel } from "../contract.js" */
import { bar, element } from "../element.js";
import { choiceField } from "./choice.js";

/**
 * 情境判断: chosen like 单选; at the end each option says how many of the panel chose it.
 *
 * @param {FieldContext} context
 */
export function panelField(context) {
  const field = choiceField(context);
  const panel = context.reveal?.panel;
  if (panel)
    context.question.options.forEach(({ id }, place) => {
      field.node.children[place].append(share(panel, panel.counts[id] ?? 0));
    });
  return field;
}

/**
 * @param {Panel} panel
 * @param {number} count
 */
function share({ size }, count) {
  const words = count ? `${size} 人中有 ${count} 人选这一项` : `${size} 人中没有人选这一项`;
  return element("div", { class: "zx-share" }, bar(count / size), element("span", {}, words));
}
