import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { axisInWords } from "../../../widgets/kinds/case.js";
import quiz from "../../../widgets/quiz.js";
import { answered, closePage, freshPage, Model, question, state, walked, walking } from "./page.js";

let body;
beforeEach(() => {
  body = freshPage();
});
afterEach(closePage);

function mount(at, asked = question("case"), more = {}) {
  const model = new Model({ question: asked, state: at, ...more });
  const el = document.createElement("div");
  body.append(el);
  quiz.render({ model, el });
  return { model, el };
}

function buttonOf(el, word) {
  const found = [...el.querySelectorAll("button")].find((each) => each.textContent === word);
  assert.ok(found, `no button ${word} in ${el.textContent}`);
  return found;
}

function choose(el, place) {
  const input = el.querySelectorAll("fieldset input[type=radio]")[place];
  input.checked = true;
  input.dispatchEvent(new window.Event("change"));
}

test("each step sends the whole path, and the new situation takes the focus", () => {
  const { model, el } = mount(walking([]));
  choose(el, 1);
  buttonOf(el, "确定").focus();
  buttonOf(el, "确定").click();
  model.set("state", walking(["B"]));
  model.set("delivery", { status: "saved", message: "" });
  assert.match(document.activeElement.textContent, /现在的情形.*还缺三栋楼/);
  assert.match(el.querySelector(".zx-path").textContent, /第 1 步：选了B.*B的后果/);
  choose(el, 0);
  buttonOf(el, "确定").click();
  assert.deepEqual(
    model.sent.map(({ value }) => value),
    [["B"], ["B", "b1"]],
  );
  assert.notEqual(model.sent[0].key, model.sent[1].key);
});

test("the consequence is read out in a region that was there before", () => {
  const { model, el } = mount(walking([]));
  const region = el.querySelector("[role=status]");
  assert.equal(region.textContent, "");
  model.set("state", walking(["B"]));
  assert.match(region.textContent, /B的后果/);
});

test("nothing chosen is told and not sent", () => {
  const { model, el } = mount(walking([]));
  buttonOf(el, "确定").click();
  assert.equal(model.sent.length, 0);
  assert.match(el.querySelector("[role=alert]").textContent, /请先选一项/);
});

test("the next step waits for the last one to arrive, and this is said", () => {
  const { model, el } = mount(walking([]));
  choose(el, 0);
  buttonOf(el, "确定").click();
  model.set("delivery", { status: "waiting", message: "网络不通。" });
  assert.match(el.querySelector(".zx-delivery").textContent, /待发送.*送到以后，才能走下一步/);
  for (const input of el.querySelectorAll("fieldset input")) assert.ok(input.disabled);
  buttonOf(el, "重新发送").click();
  assert.equal(model.sent[0].key, model.sent[1].key);
  model.set("delivery", { status: "refused", message: "不接受。" });
  for (const input of el.querySelectorAll("fieldset input")) assert.ok(!input.disabled);
});

test("a step chosen and not sent is there after a reload, an old one is not", () => {
  const at = [walking(["B"]), question("case"), { owner: "zhang" }];
  choose(mount(...at).el, 0);
  assert.ok(mount(...at).el.querySelector("input").checked);
  const later = mount(walking(["B", "b1"]), question("case"), { owner: "zhang" });
  assert.equal(later.el.querySelector("input").checked, false);
});

test("the end tells score, axes in words with figures, and the sentence of the source", () => {
  const { el } = mount(walked(["B", "b1"], 0.5));
  assert.match(
    el.querySelector(".zx-verdict").textContent,
    /走完了，还可以更稳妥.*得 1 分，本题 2 分/,
  );
  assert.match(el.textContent, /推演到这里结束原文如此。/);
  const axes = [...el.querySelectorAll(".zx-axes li")].map((line) => line.textContent);
  assert.deepEqual(axes, [
    "执行力需要补上，0 分",
    "先锋意识还有短板，33 分",
    "群众工作方法基本稳妥，67 分",
    "制度落实稳妥，100 分",
  ]);
  assert.equal(el.querySelector(".zx-meter span").style.width, "0%");
  assert.equal(el.textContent.match(/b1的后果/g).length, 2, "with its step, and for the ear");
});

test("a forbidden step says why the whole is capped", () => {
  const { el } = mount(walked(["A", "a2"], 0.3, { capped: true }));
  assert.match(el.querySelector(".zx-capped").textContent, /最高 59 分/);
});

test("a new walk begins at the start with a path of its own", () => {
  const { model, el } = mount(walked(["B", "b1"], 1));
  buttonOf(el, "再走一遍").click();
  assert.match(document.activeElement.textContent, /情形晚上九点半/);
  assert.equal(el.querySelector(".zx-path"), null);
  choose(el, 0);
  buttonOf(el, "确定").click();
  assert.deepEqual(model.sent[0].value, ["A"]);
});

test("after hand-in the better way is shown and nothing can be chosen", () => {
  const reveal = { recommended: [{ id: "B", text: "核实口径" }], explanation: "见第四段。" };
  const { el } = mount({ ...walked(["A", "a2"], 0.2), status: "done", reveal });
  assert.match(el.textContent, /更稳妥的走法核实口径.*见第四段/);
  assert.equal(el.querySelectorAll("button").length, 0);
});

test("a walk cut off by the end of the lesson shows where it stands, without a verdict", () => {
  const { el } = mount({ ...walking(["B"]), status: "closed" });
  assert.match(el.textContent, /还缺三栋楼/);
  assert.equal(el.querySelector(".zx-verdict"), null);
  for (const input of el.querySelectorAll("input")) assert.ok(input.disabled);
});

test("an axis has a word at every score", () => {
  const words = [0, 0.29, 0.3, 0.6, 0.85, 1].map(axisInWords);
  assert.deepEqual(words, ["需要补上", "需要补上", "还有短板", "基本稳妥", "稳妥", "稳妥"]);
});

test("a panel says how many chose each option, and why, only when it is revealed", () => {
  const told = answered("a", 0.25, { reasons: [{ id: "a", text: "太急。" }] });
  assert.doesNotMatch(mount(told, question("panel")).el.textContent, /人中/);
  const reveal = {
    panel: { size: 12, counts: { a: 2, b: 10, c: 0 } },
    reasons: [{ id: "b", text: "先问清楚。" }],
  };
  const { el } = mount({ ...told, status: "done", reveal }, question("panel"));
  const boxes = [...el.querySelectorAll(".zx-option-box")];
  assert.match(boxes[0].textContent, /您选的.*12 人中有 2 人选这一项/);
  assert.match(boxes[1].textContent, /先问清楚。12 人中有 10 人选这一项/);
  assert.match(boxes[2].textContent, /12 人中没有人选这一项/);
  assert.equal(boxes[1].querySelector(".zx-meter span").style.width, "83%");
  assert.match(el.querySelector(".zx-verdict").textContent, /有一部分人和您选得一样/);
});

test("a table is filled cell by cell, every box by its own name", () => {
  const labels = ["一号楼", "𠮷龑䶮里"];
  const asked = question("data", {
    form: "table",
    columns: ["楼栋", "缺口", "说明"],
    row_labels: labels,
  });
  const { model, el } = mount(state(), asked);
  const boxes = [...el.querySelectorAll("input")];
  assert.deepEqual(
    boxes.map((box) => box.getAttribute("aria-label")),
    labels.flatMap((label) => [`${label}，缺口`, `${label}，说明`]),
  );
  boxes.slice(1).forEach((box, place) => {
    box.value = String(place);
  });
  buttonOf(el, "提交答案").click();
  assert.match(el.querySelector("[role=alert]").textContent, /还有 1 格没有填/);
  boxes[0].value = "55";
  buttonOf(el, "提交答案").click();
  assert.deepEqual(model.sent[0].value, { 一号楼: ["55", "0"], 𠮷龑䶮里: ["1", "2"] });
  const done = mount(answered(model.sent[0].value, 1, { status: "done" }), asked);
  assert.equal(done.el.querySelectorAll("input")[0].value, "55");
  assert.ok(done.el.querySelectorAll("input")[0].readOnly);
});

test("how sure one is goes with the answer and must be said", () => {
  const { model, el } = mount(state(), question("single", { certainty: true }));
  choose(el, 1);
  buttonOf(el, "提交答案").click();
  assert.match(el.querySelector("[role=alert]").textContent, /多大把握/);
  choose(el, 5);
  buttonOf(el, "提交答案").click();
  assert.equal(model.sent[0].certainty, 3);
  assert.equal(model.sent[0].value, "b");
});
