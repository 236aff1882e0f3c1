import assert from "node:assert/strict";
import { test } from "node:test";
import { newKey } from "../../../widgets/key.js";
import { lineProblem, members } from "../../../widgets/kinds/entry.js";
import { writtenProblem } from "../../../widgets/kinds/written.js";
import { pointsInWords, rightAnswer, verdictOf } from "../../../widgets/result.js";
import { choicesOf, countInWords, EMPTY, shownRows } from "../../../widgets/rows.js";
import { answered, question, state } from "./page.js";

test("a line may be anything that is not empty: the server reads numbers", () => {
  for (const typed of ["230", " 二百三十 ", "93.75%", "叁佰", "约230"])
    assert.equal(lineProblem(typed), "", typed);
  assert.match(lineProblem("  "), /请先填写/);
});

test("a rare character counts as one", () => {
  assert.equal(lineProblem("𠮷".repeat(200)), "");
  assert.match(lineProblem("𠮷".repeat(201)), /200/);
  assert.equal(writtenProblem("䶮".repeat(5000)), "");
  assert.match(writtenProblem("䶮".repeat(5001)), /超出 1 字/);
});

test("members of a set are told apart by any separator and counted once", () => {
  assert.deepEqual(members(" J2\uff0cJ4,J6、J7\uff1bJ8;J2\nJ9 "), [
    "J2",
    "J4",
    "J6",
    "J7",
    "J8",
    "J9",
  ]);
  assert.deepEqual(members(" \uff0c、 "), []);
});

test("the verdict is in words for every score", () => {
  assert.equal(verdictOf(state()), null);
  assert.equal(verdictOf(answered("a", 1)).words, "答对了");
  assert.equal(verdictOf(answered("a", 0.5)).words, "还差一点");
  assert.equal(verdictOf(answered("a", 0)).words, "不对，再想想");
  assert.equal(verdictOf(answered("a", null)).words, "已收到您的作答");
  assert.equal(verdictOf(answered("a", 0, { status: "done" })).words, "不对，看看解析");
});

test("points have no needless digits", () => {
  assert.deepEqual([2, 8 / 3, 0.5].map(pointsInWords), ["2", "2.67", "0.5"]);
});

test("the right answer of a blank is said with unit and tolerance", () => {
  const asked = question("blank", { unit: "人" });
  assert.equal(rightAnswer(asked, { text: ["机制", "五有机制"] }), "机制、或 五有机制");
  assert.equal(rightAnswer(asked, { number: 3, tolerance: 0 }), "3 人");
  assert.match(rightAnswer(asked, { number: 0.77, tolerance: 0.01 }), /0\.77 人（相差不超过 0\.01/);
  assert.equal(rightAnswer(asked, { option: "a" }), "");
});

test("keys differ, also where the page is not secure", () => {
  const keys = new Set(Array.from({ length: 200 }, newKey));
  const real = crypto.randomUUID;
  try {
    crypto.randomUUID = undefined;
    for (let count = 0; count < 200; count += 1) keys.add(newKey());
  } finally {
    crypto.randomUUID = real;
  }
  assert.equal(keys.size, 400);
  for (const key of keys) assert.match(key, /^[A-Za-z0-9_-]{8,64}$/);
});

const SHEET = {
  title: "居民登记",
  note: "",
  columns: ["编码", "楼栋", "自报党员", "人数"],
  rows: [
    ["RY10", "10栋", "是", 3],
    ["RY9", "2栋", "", 20],
    ["ry2", "2栋", "否", null],
    ["RY11", "10栋", "是", 100],
  ],
};
const NONE = SHEET.columns.map(() => ({ text: "", isExact: false }));
const codes = (rows) => rows.map(([code]) => code);

test("rows sort by the numbers in them, in both directions, and nothing is lost", () => {
  const sorted = (column, direction) => codes(shownRows(SHEET, NONE, { column, direction }));
  assert.deepEqual(sorted(0, "ascending"), ["ry2", "RY9", "RY10", "RY11"]);
  assert.deepEqual(sorted(1, "ascending"), ["RY9", "ry2", "RY10", "RY11"]);
  assert.deepEqual(sorted(3, "descending").slice(0, 2), ["RY11", "RY9"]);
  assert.deepEqual(codes(SHEET.rows), ["RY10", "RY9", "ry2", "RY11"]);
});

test("filters narrow together; an empty cell can be asked for", () => {
  const filters = [...NONE];
  filters[0] = { text: "RY", isExact: false };
  filters[2] = { text: EMPTY, isExact: true };
  assert.deepEqual(codes(shownRows(SHEET, filters, null)), ["RY9"]);
  filters[2] = { text: "是", isExact: true };
  assert.deepEqual(codes(shownRows(SHEET, filters, null)), ["RY10", "RY11"]);
});

test("a column of few repeated values offers them, a column of codes does not", () => {
  assert.deepEqual(choicesOf(SHEET, 1), ["2栋", "10栋"]);
  assert.equal(choicesOf(SHEET, 0), null);
});

test("the count is told in words", () => {
  const place = { total: 397, kept: 397, first: 50, size: 50 };
  assert.match(countInWords(place), /共 397 行，现在显示第 51 至 100 行/);
  assert.match(countInWords({ ...place, kept: 30, first: 0 }), /筛选出 30 行（全部 397 行）。/);
  assert.match(countInWords({ ...place, kept: 0 }), /没有符合/);
  assert.match(countInWords({ ...place, total: 0, kept: 0 }), /没有数据/);
});
