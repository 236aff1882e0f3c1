/** @import { Model } from "./contract.js" */

/**
 * Let a card hear its model; returns what the host calls to take the card away.
 *
 * @param {Model} model
 * @param {HTMLElement} root
 * @param {Record<string, (...found: any[]) => void>} listeners by event
 * @param {() => void} [onEnd]
 */
export function listening(model, root, listeners, onEnd) {
  const each = Object.entries(listeners);
  for (const [event, listener] of each) model.on(event, listener);
  return () => {
    for (const [event, listener] of each) model.off(event, listener);
    onEnd?.();
    root.remove();
  };
}
