/** @import { Cell, Sheet, Sorting } from "./contract.js" */

/** What a filter list calls a cell with nothing in it. */
export const EMPTY = "（空白）";

const MOST_CHOICES = 12;

/** Chinese by pinyin, numbers inside codes by value: B2 before B10. */
const collator = new Intl.Collator("zh-CN", { numeric: true });

/** @param {Cell} cell */
export function cellText(cell) {
  if (cell === null) return "";
  return typeof cell === "boolean" ? (cell ? "是" : "否") : String(cell);
}

/**
 * Values to choose from where a column has few different ones and repeats them, else null.
 *
 * @param {Sheet} sheet
 * @param {number} column
 * @returns {string[] | null}
 */
export function choicesOf({ rows }, column) {
  const found = new Set(rows.map((row) => cellText(row[column]) || EMPTY));
  if (found.size > MOST_CHOICES || found.size * 2 > rows.length) return null;
  return [...found].sort(collator.compare);
}

/**
 * Rows that pass every filter, in the wanted order; equal rows keep theirs.
 *
 * @param {Sheet} sheet
 * @param {{ text: string, isExact: boolean }[]} filters one a column
 * @param {Sorting | null} sorting
 */
export function shownRows({ rows }, filters, sorting) {
  const kept = rows.filter((row) => filters.every((filter, column) => passes(row[column], filter)));
  if (!sorting) return kept;
  const sign = sorting.direction === "ascending" ? 1 : -1;
  return kept.sort((one, other) => sign * compare(one[sorting.column], other[sorting.column]));
}

/**
 * @param {Cell} cell
 * @param {{ text: string, isExact: boolean }} filter
 */
function passes(cell, { text, isExact }) {
  if (isExact) return text === "" || (cellText(cell) || EMPTY) === text;
  return fold(cellText(cell)).includes(fold(text.trim()));
}

/** @param {string} text */
function fold(text) {
  return text.normalize("NFKC").toLowerCase();
}

/**
 * @param {Cell} one
 * @param {Cell} other
 */
function compare(one, other) {
  if (typeof one === "number" && typeof other === "number") return one - other;
  return collator.compare(cellText(one), cellText(other));
}

/**
 * Where the reader stands, in words.
 *
 * @param {{ total: number, kept: number, first: number, size: number }} place
 */
export function countInWords({ total, kept, first, size }) {
  if (total === 0) return "这张表没有数据。";
  if (kept === 0) return `没有符合筛选条件的行（全部 ${total} 行）。`;
  const found = kept === total ? `共 ${total} 行` : `筛选出 ${kept} 行（全部 ${total} 行）`;
  if (kept <= size) return `${found}。`;
  return `${found}，现在显示第 ${first + 1} 至 ${Math.min(first + size, kept)} 行。`;
}
