import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import table from "../../../widgets/table.js";
import { closePage, freshPage, Model } from "./page.js";

let body;
beforeEach(() => {
  body = freshPage();
});
afterEach(closePage);

const rows = Array.from({ length: 120 }, (_, place) => [
  `RY${place}`,
  place % 2 ? "在册" : "已转出",
  place,
]);
const SHEET = { title: "党员名册", note: "虚构数据", columns: ["编码", "状态", "数"], rows };

function mount(traits) {
  const model = new Model(traits);
  table.render({ model, el: body });
  return model;
}

const shown = () => [...body.querySelectorAll("tbody tr")].map((row) => row.firstChild.textContent);

function press(word) {
  [...body.querySelectorAll("button")].find((each) => each.textContent === word).click();
}

test("fifty rows a page, and the pages lead through all", () => {
  mount({ table: SHEET });
  assert.equal(shown().length, 50);
  assert.match(body.textContent, /共 120 行，现在显示第 1 至 50 行/);
  press("下一页");
  press("下一页");
  assert.deepEqual([shown().length, shown().at(-1)], [20, "RY119"]);
  press("下一页"); // at the end: stays
  assert.equal(shown().at(-1), "RY119");
});

test("a filter goes back to the first page, and clearing shows all again", () => {
  mount({ table: SHEET });
  press("下一页");
  const list = body.querySelector("select");
  list.value = "在册";
  list.dispatchEvent(new window.Event("change"));
  assert.equal(shown()[0], "RY1");
  assert.match(body.textContent, /筛选出 60 行（全部 120 行）/);
  press("清除筛选");
  assert.match(body.textContent, /共 120 行/);
});

test("a heading sorts and says so to a reader", () => {
  mount({ table: SHEET });
  const head = body.querySelectorAll("th")[2];
  head.querySelector("button").click();
  head.querySelector("button").click();
  assert.equal(head.getAttribute("aria-sort"), "descending");
  assert.equal(shown()[0], "RY119");
});

test("cells are text, whatever they hold", () => {
  mount({
    table: { ...SHEET, columns: ["甲"], rows: [["<img src=x onerror=1>"], [null], [true]] },
  });
  assert.equal(body.querySelectorAll("img").length, 0);
  assert.deepEqual(shown(), ["<img src=x onerror=1>", "", "是"]);
});

test("the file is a link where the host has an address, and asked for where it has none", () => {
  mount({ table: SHEET, xlsx: "/api/tasks/c/D1/roster.xlsx" });
  assert.equal(
    body.querySelector("a[download]").getAttribute("href"),
    "/api/tasks/c/D1/roster.xlsx",
  );
  body = freshPage();
  const model = mount({ table: SHEET, xlsx: "" });
  [...body.querySelectorAll("button")].find((each) => /Excel/.test(each.textContent)).click();
  assert.deepEqual(model.sent, [{ type: "xlsx" }]);
});

test("a table that could not be read says why", () => {
  mount({ table: { title: "D9/none" }, delivery: { status: "refused", message: "没有数据表。" } });
  assert.match(body.textContent, /未被接受.*没有数据表/);
});
