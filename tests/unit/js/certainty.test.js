import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import quiz from "../../../widgets/quiz.js";
import { answered, closePage, freshPage, Model, question, state } from "./page.js";

let body;
beforeEach(() => {
  body = freshPage();
});
afterEach(closePage);

function mount(asked, at = state()) {
  const model = new Model({ question: asked, state: at, owner: "龑" });
  const el = document.createElement("div");
  body.append(el);
  quiz.render({ model, el });
  return { model, el };
}

function choose(el, selector, place) {
  const input = el.querySelectorAll(`${selector} input`)[place];
  input.checked = true;
  input.dispatchEvent(new window.Event("change"));
}

function submit(el) {
  [...el.querySelectorAll("button")].find((each) => each.textContent === "提交答案").click();
}

test("how sure is asked only where the question asks for it", () => {
  assert.equal(mount(question("single")).el.querySelector(".zx-certainty"), null);
  const { el } = mount(question("single", { certainty: true }));
  assert.match(el.querySelector(".zx-certainty").textContent, /多大把握.*没把握.*很有把握/);
});

test("an answer waits until it is said, and then carries it", () => {
  const { model, el } = mount(question("single", { certainty: true }));
  choose(el, ".zx-field:not(.zx-certainty)", 1);
  submit(el);
  assert.equal(model.sent.length, 0);
  assert.match(el.textContent, /请选一下您有多大把握/);
  choose(el, ".zx-certainty", 2);
  submit(el);
  assert.equal(model.sent.length, 1);
  assert.equal(model.sent[0].certainty, 3);
});

test("another certainty after a lost reply is another answer", () => {
  const { model, el } = mount(question("single", { certainty: true }));
  choose(el, ".zx-field:not(.zx-certainty)", 1);
  choose(el, ".zx-certainty", 2);
  submit(el);
  model.set("delivery", { status: "waiting", message: "" });
  choose(el, ".zx-certainty", 0);
  el.querySelector("form").dispatchEvent(new window.Event("submit", { cancelable: true }));
  assert.equal(model.sent.length, 2);
  assert.notEqual(model.sent[0].key, model.sent[1].key);
  assert.equal(model.sent[1].certainty, 1);
});

test("what was sent and not acknowledged is the same answer after a reload", () => {
  const asked = question("single", { certainty: true });
  const first = mount(asked);
  choose(first.el, ".zx-field:not(.zx-certainty)", 1);
  choose(first.el, ".zx-certainty", 1);
  submit(first.el);
  const again = mount(asked);
  assert.equal(again.el.querySelectorAll(".zx-certainty input")[1].checked, true);
  submit(again.el);
  assert.deepEqual(again.model.sent, first.model.sent);
});

test("how the next try counts is told while there is one", () => {
  const counting = "还可以再答 2 次，第 2 次答对得 75%。";
  const open = mount(question("single"), answered("a", 0, { counting })).el;
  assert.match(open.textContent, /第 2 次答对得 75%/);
  const closed = mount(question("single"), state({ status: "closed", counting })).el;
  assert.doesNotMatch(closed.textContent, /75%/);
});

test("what is shown as gained is what counts", () => {
  const at = answered("a", 1, { status: "done", credit: 0.75, reveal: { reasons: [] } });
  assert.match(mount(question("single"), at).el.textContent, /得 1\.5 分，本题 2 分/);
});
