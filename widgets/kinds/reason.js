/** @import { FieldContext } from "../contract.js" */
import { element } from "../element.js";

/**
 * Why an option is right or wrong, once that may be told.
 *
 * @param {FieldContext} context
 * @param {string} id
 * @param {string} [shade] where there is a verdict, which stands also without a reason
 * @param {...(Node | string)} before
 */
export function reasonOf({ reasons, reveal }, id, shade = "", ...before) {
  const text = (reveal?.reasons ?? reasons).find((reason) => reason.id === id)?.text ?? "";
  if (!text && !shade) return null;
  return element("p", { class: `zx-reason ${shade}` }, ...before, text);
}
