/** @import { Choice, Field, FieldContext } from "../contract.js" */
import { element, icon } from "../element.js";
import { reasonOf } from "./reason.js";

/**
 * 排序: buttons to move a row for keys and touch, and a handle to drag it.
 *
 * @param {FieldContext} context
 */
export function orderField(context) {
  const list = element("ol", { class: "zx-order" });
  const spoken = element("p", { class: "zx-unseen", "aria-live": "polite" });
  for (const option of startOrder(context)) list.append(orderRow(context, option, list, spoken));
  renumber(list);
  return {
    node: element("div", {}, list, spoken, rightOrder(context)),
    value: () => rowsOf(list).map((row) => row.dataset.id),
    problem: () => "",
  };
}

/** @param {FieldContext} context */
function startOrder({ question, value }) {
  const places = Array.isArray(value) ? value : [];
  const placed = places.flatMap((id) => question.options.filter((option) => option.id === id));
  return placed.length === question.options.length ? placed : question.options;
}

/**
 * @param {FieldContext} context
 * @param {Choice} option
 * @param {HTMLElement} list
 * @param {HTMLElement} spoken
 */
function orderRow({ isLocked, onChange }, option, list, spoken) {
  const row = element("li", { class: "zx-row", "data-id": option.id });
  const changed = () => {
    renumber(list);
    spoken.textContent = `“${option.text}”现在第 ${rowsOf(list).indexOf(row) + 1} 位。`;
    onChange();
  };
  const number = element("span", { class: "zx-place", "aria-hidden": "true" });
  const text = element("span", { class: "zx-row-text" }, option.text);
  row.append(number, text);
  if (isLocked) return row;
  row.append(
    moveButton(row, true, option.text, changed),
    moveButton(row, false, option.text, changed),
  );
  makeDraggable(row, number, changed);
  return row;
}

/**
 * @param {HTMLElement} row
 * @param {boolean} isUp
 * @param {string} text
 * @param {() => void} changed
 */
function moveButton(row, isUp, text, changed) {
  const label = `${isUp ? "上移" : "下移"}：${text}`;
  const attributes = { type: "button", class: "zx-move", "aria-label": label };
  const button = element("button", attributes, icon(isUp ? "▲" : "▼"));
  button.addEventListener("click", () => {
    const other = isUp ? row.previousElementSibling : row.nextElementSibling;
    if (!other) return;
    if (isUp) other.before(row);
    else other.after(row);
    button.focus(); // moving a node takes the focus away
    changed();
  });
  return button;
}

/**
 * Drag by pointer events: they serve mouse, pen and finger, which HTML's own drag does not.
 *
 * @param {HTMLElement} row
 * @param {HTMLElement} handle
 * @param {() => void} changed
 */
function makeDraggable(row, handle, changed) {
  handle.classList.add("is-handle");
  handle.title = "按住拖动";
  handle.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    handle.setPointerCapture(event.pointerId);
    row.classList.add("is-dragged");
  });
  handle.addEventListener("pointermove", (event) => {
    if (handle.hasPointerCapture(event.pointerId)) placeAt(row, event.clientY);
  });
  handle.addEventListener("lostpointercapture", () => {
    row.classList.remove("is-dragged");
    changed();
  });
}

/**
 * Put a row where the pointer is.
 *
 * @param {HTMLElement} row
 * @param {number} y
 */
function placeAt(row, y) {
  const middle = (/** @type {Element} */ other) => {
    const box = other.getBoundingClientRect();
    return box.top + box.height / 2;
  };
  const before = row.previousElementSibling;
  const after = row.nextElementSibling;
  // The neighbour moves and not the row itself: a moved row would lose its pointer.
  if (before && y < middle(before)) row.after(before);
  else if (after && y > middle(after)) row.before(after);
}

/** @param {HTMLElement} list */
function renumber(list) {
  const rows = rowsOf(list);
  rows.forEach((row, place) => {
    const number = row.querySelector(".zx-place");
    if (number) number.textContent = String(place + 1);
    const [up, down] = row.querySelectorAll("button");
    up?.setAttribute("aria-disabled", String(place === 0));
    down?.setAttribute("aria-disabled", String(place === rows.length - 1));
  });
}

/** @param {HTMLElement} list */
function rowsOf(list) {
  return /** @type {HTMLElement[]} */ ([...list.children]);
}

/** @param {FieldContext} context */
function rightOrder(context) {
  const { question, reveal } = context;
  if (!reveal?.order) return null;
  const items = reveal.order.map((id) => {
    const option = question.options.find((candidate) => candidate.id === id);
    return element("li", {}, option?.text ?? id, reasonOf(context, id));
  });
  return element(
    "div",
    { class: "zx-right-order" },
    element("p", { class: "zx-subhead" }, icon("✓"), "正确次序"),
    element("ol", {}, ...items),
  );
}
