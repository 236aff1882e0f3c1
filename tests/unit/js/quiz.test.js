import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import quiz, { KINDS } from "../../../widgets/quiz.js";
import { answered, closePage, freshPage, Model, question, state, walking } from "./page.js";

let body;
beforeEach(() => {
  body = freshPage();
});
afterEach(closePage);

function mount(asked, at = state(), more = {}) {
  const model = new Model({ question: asked, state: at, ...more });
  const el = document.createElement("div");
  body.append(el);
  const cleanup = quiz.render({ model, el });
  return { model, el, cleanup };
}

function press(el, word) {
  const button = [...el.querySelectorAll("button")].find((each) => each.textContent === word);
  assert.ok(button, `no button ${word} in ${el.textContent}`);
  button.click();
}

function pick(el, place) {
  const input = el.querySelectorAll("fieldset input")[place];
  input.checked = true;
  input.dispatchEvent(new window.Event("change"));
}

function type(el, text) {
  const input = el.querySelector("fieldset input, fieldset textarea");
  input.value = text;
  input.dispatchEvent(new window.Event("input"));
}

const GIVEN = {
  single: [(el) => pick(el, 1), "b"],
  truth: [(el) => pick(el, 0), "a"],
  multiple: [(el) => [0, 2].map((place) => pick(el, place)), ["a", "c"]],
  blank: [(el) => type(el, "小区"), "小区"],
  data: [(el) => type(el, "3515"), "3515"],
  written: [(el) => type(el, "先摸清底数"), "先摸清底数"],
  panel: [(el) => pick(el, 1), "b"],
  case: [(el) => pick(el, 1), ["B"], walking([])],
  order: [(el) => el.querySelectorAll(".zx-row button")[1].click(), ["b", "a", "c"]],
  match: [
    (el) =>
      el.querySelectorAll("select").forEach((select, place) => {
        select.value = "xyz"[place];
      }),
    { a: "x", b: "y", c: "z" },
  ],
};

test("every kind has a label and a try here", () => {
  assert.deepEqual(Object.keys(GIVEN).sort(), Object.keys(KINDS).sort());
});

for (const [kind, [give, value, begin]] of Object.entries(GIVEN)) {
  test(`${kind}: what was given is sent once, with a key`, () => {
    const { model, el } = mount(question(kind), begin);
    give(el);
    const word = kind === "case" ? "确定" : "提交答案";
    press(el, word);
    press(el, word); // a second click while it is on its way
    assert.equal(model.sent.length, 1);
    assert.deepEqual(model.sent[0].value, value);
    assert.equal(model.sent[0].type, "answer");
    assert.match(model.sent[0].key, /^[A-Za-z0-9_-]{8,64}$/);
    assert.match(el.textContent, new RegExp(KINDS[kind].label));
  });

  test(`${kind}: locked once no try is left`, () => {
    const done = answered(value, 1, { status: "done", reveal: { reasons: [] } });
    const { el } = mount(question(kind), done);
    assert.notEqual(el.querySelector(".zx-verdict").textContent, "");
    for (const input of el.querySelectorAll("fieldset input, fieldset select, fieldset textarea"))
      assert.ok(input.disabled || input.readOnly);
    assert.equal(el.querySelectorAll("button").length, 0);
  });
}

const NEEDS = ["single", "multiple", "truth", "blank", "data", "match", "written", "panel"];
for (const kind of NEEDS) {
  test(`${kind}: an empty answer is not sent and says what is missing`, () => {
    const { model, el } = mount(question(kind));
    press(el, "提交答案");
    assert.equal(model.sent.length, 0);
    assert.notEqual(el.querySelector("[role=alert]").textContent, "");
  });
}

test("markup in the data stays text", () => {
  const evil = `<img src=x onerror="window.stolen=1"><script>1</script>`;
  const options = [{ id: "a", text: evil }];
  const more = { prompt: evil, options, hint: evil, source: evil, assumption: evil };
  const reveal = { option: "a", reasons: [{ id: "a", text: evil }], explanation: evil };
  for (const at of [state(), answered("a", 0.5, { status: "done", reveal })]) {
    const { el } = mount(question("single", more), at, {
      delivery: { status: "refused", message: evil },
    });
    assert.equal(el.querySelectorAll("img, script").length, 0);
    assert.ok(el.textContent.includes(evil));
  }
});

test("a lost reply is asked for again under the same key", () => {
  const { model, el } = mount(question("single"));
  pick(el, 0);
  press(el, "提交答案");
  model.set("delivery", { status: "waiting", message: "连不上。" });
  assert.match(el.textContent, /待发送/);
  press(el, "重新发送");
  assert.equal(model.sent.length, 2);
  assert.equal(model.sent[0].key, model.sent[1].key);
});

test("another answer has another key", () => {
  const { model, el } = mount(question("blank"));
  type(el, "网格");
  press(el, "提交答案");
  model.set("delivery", { status: "refused", message: "请改。" });
  type(el, "小区");
  press(el, "提交答案");
  assert.notEqual(model.sent[0].key, model.sent[1].key);
});

test("an unsettled answer survives a reload with its key", () => {
  const asked = question("single");
  const first = mount(asked, state(), { owner: "zhang" });
  pick(first.el, 2);
  press(first.el, "提交答案");
  const second = mount(asked, state(), { owner: "zhang" });
  press(second.el, "提交答案");
  assert.deepEqual(second.model.sent[0], first.model.sent[0]);
});

test("a draft is kept, belongs to its owner, and ends when saved", () => {
  const asked = question("written");
  const { model, el } = mount(asked, state(), { owner: "zhang" });
  type(el, "单独联系,自愿参加");
  assert.equal(
    mount(asked, state(), { owner: "zhang" }).el.querySelector("textarea").value,
    "单独联系,自愿参加",
  );
  assert.equal(mount(asked, state(), { owner: "li" }).el.querySelector("textarea").value, "");
  press(el, "提交答案");
  model.set("delivery", { status: "saved", message: "" });
  assert.equal(mount(asked, state(), { owner: "zhang" }).el.querySelector("textarea").value, "");
});

test("“已保存” is said only when the host says so", () => {
  const { model, el } = mount(question("single"));
  pick(el, 0);
  press(el, "提交答案");
  const line = el.querySelector(".zx-delivery");
  assert.match(line.textContent, /正在保存/);
  assert.doesNotMatch(line.textContent, /已保存/);
  model.set("delivery", { status: "saved", message: "回执 A-1" });
  assert.match(line.textContent, /已保存/);
});

test("a silent host lets the learner send again", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  window.setTimeout = globalThis.setTimeout;
  window.clearTimeout = globalThis.clearTimeout;
  const { el, model } = mount(question("single"));
  pick(el, 0);
  press(el, "提交答案");
  t.mock.timers.tick(20_000);
  assert.match(el.textContent, /还没有收到回音/);
  press(el, "重新发送");
  assert.equal(model.sent[0].key, model.sent[1].key);
});

test("a wrong answer is told gently, with its reason and the tries left", () => {
  const reasons = [{ id: "a", text: "第三级。" }];
  const counting = "还可以再答 2 次。";
  const { el } = mount(question("single"), answered("a", 0, { reasons, counting }));
  assert.match(el.textContent, /不对，再想想/);
  assert.match(el.textContent, /第三级。/);
  assert.match(el.textContent, /还可以再答 2 次/);
  const heard = el.querySelector("[role=status] .zx-unseen");
  assert.match(heard.textContent, /^[^：]+：第三级。$/, "read out with the option it stands with");
  press(el, "重新作答");
  assert.doesNotMatch(el.textContent, /第三级。/);
  assert.equal(el.querySelector("fieldset input").disabled, false);
});

test("the key is marked in words at the end, on the options themselves", () => {
  const reveal = {
    option: "b",
    reasons: [{ id: "b", text: "原文如此。" }],
    explanation: "见第十段。",
  };
  const { el } = mount(
    question("single"),
    answered("a", 0, { status: "done", attempts: 3, reveal }),
  );
  const boxes = [...el.querySelectorAll(".zx-option-box")].map((box) => box.textContent);
  assert.match(boxes[0], /您选的/);
  assert.match(boxes[1], /正确答案.*原文如此/);
  assert.match(el.textContent, /见第十段/);
});

test("an answer whose result waits says what it waits for", () => {
  const written = mount(
    question("written"),
    answered("文", null, { tries: 200, outlook: "交卷后由教员批阅。" }),
  );
  assert.match(written.el.textContent, /交卷后由教员批阅/);
  assert.match(written.el.textContent, /修改答案/);
  const handin = mount(
    question("single"),
    answered("a", null, { outlook: "结果和解析在交卷后显示。" }),
  );
  assert.match(handin.el.textContent, /结果和解析在交卷后显示/);
});

test("a closed question takes nothing and says so", () => {
  const { el } = mount(question("single"), state({ status: "closed" }));
  assert.match(el.textContent, /现在不接收作答/);
  assert.equal(el.querySelectorAll("button").length, 0);
});

test("a question that could not be fetched is told and not blank", () => {
  const delivery = { status: "refused", message: "登录已过期。" };
  const { el } = mount({}, {}, { delivery });
  assert.match(el.textContent, /题目还没有取到/);
  assert.match(el.textContent, /登录已过期/);
});

test("the focus stays inside the card when the result replaces the button", () => {
  const { model, el } = mount(question("single"));
  pick(el, 0);
  el.querySelector("button").focus();
  press(el, "提交答案");
  model.set("state", answered("a", 0));
  assert.equal(document.activeElement.textContent, "重新作答");
});

test("a removed card hears nothing any more", () => {
  const { model, el, cleanup } = mount(question("single"));
  cleanup();
  model.set("state", answered("a", 1, { status: "done" }));
  assert.equal(el.children.length, 0);
});

test("a row at the edge does not leave the list, and moves are spoken", () => {
  const { el } = mount(question("order"));
  const rows = () => [...el.querySelectorAll(".zx-row")].map((row) => row.dataset.id);
  el.querySelectorAll(".zx-row button")[0].click();
  assert.deepEqual(rows(), ["a", "b", "c"]);
  el.querySelectorAll(".zx-row button")[1].click();
  assert.deepEqual(rows(), ["b", "a", "c"]);
  assert.match(el.querySelector("[aria-live]").textContent, /“甲”现在第 2 位/);
});

const FIELDS = [
  { label: "要解决的问题", hint: "一句话", example: "三号楼夜里没有灯" },
  { label: "备注", optional: true },
];

test("a form wants every field that is not left free, by its name", () => {
  const { model, el } = mount(question("written", { fields: FIELDS }));
  press(el, "提交答案");
  assert.match(el.querySelector(".zx-problem").textContent, /“要解决的问题”还没有填/);
  assert.equal(model.sent.length, 0);
  assert.match(el.querySelector("details").textContent, /三号楼夜里没有灯/);
  type(el, "𠮷龑里积水");
  press(el, "提交答案");
  assert.deepEqual(model.sent[0].value, { 要解决的问题: "𠮷龑里积水", 备注: "" });
});

test("a form that was sent shows what was written and no example", () => {
  const value = { 要解决的问题: "𠮷龑里积水", 备注: "" };
  const done = answered(value, null, { status: "waiting", outlook: "等教员批改" });
  const { el } = mount(question("written", { fields: FIELDS }), done);
  assert.equal(el.querySelector("textarea").value, "𠮷龑里积水");
  assert.equal(el.querySelector("details"), null);
});

test("of shifts some may stay empty, but not all", () => {
  const rows = { form: "shifts", columns: ["班次", "编号"], row_labels: ["早班", "晚班"] };
  const { model, el } = mount(question("data", rows));
  press(el, "提交答案");
  assert.equal(model.sent.length, 0);
  type(el, "V01、V02");
  press(el, "提交答案");
  assert.deepEqual(model.sent[0].value, { 早班: ["V01、V02"], 晚班: [""] });
});

for (const order of [
  ["state", "delivery"],
  ["delivery", "state"],
]) {
  test(`what is typed while an answer is on its way stays (${order[0]} first)`, () => {
    const { model, el } = mount(question("written"), state(), { owner: "cadre1" });
    type(el, "先摸清底数");
    press(el, "提交答案");
    type(el, "先摸清底数，再分楼派单");
    const told = {
      state: answered("先摸清底数", null, { outlook: "等教员批改" }),
      delivery: { status: "saved", message: "回执 A-1" },
    };
    for (const name of order) model.set(name, told[name]);
    assert.equal(el.querySelector("textarea").value, "先摸清底数，再分楼派单");
    assert.match(el.querySelector(".zx-delivery").textContent, /已保存.*后来的修改还没有提交/);
    const kept = mount(question("written"), told.state, { owner: "cadre1" });
    assert.equal(kept.el.querySelector("textarea").value, "先摸清底数，再分楼派单");
    press(el, "提交答案");
    assert.equal(model.sent[1].value, "先摸清底数，再分楼派单");
    assert.notEqual(model.sent[1].key, model.sent[0].key);
  });
}

test("what is typed on after the last try gives way to what counts", () => {
  const { model, el } = mount(question("blank"));
  type(el, "楼栋");
  press(el, "提交答案");
  type(el, "小区");
  model.set("state", answered("楼栋", 0, { status: "done", attempts: 3 }));
  assert.equal(el.querySelector("input").value, "楼栋");
  assert.ok(el.querySelector("input").readOnly);
});

test("a text outlives a change of its question, a choice does not", () => {
  const first = mount(question("written"), state(), { owner: "cadre2" });
  type(first.el, "写了一半");
  const changed = { version: "f".repeat(16) };
  const later = mount(question("written", changed), state(), { owner: "cadre2" });
  assert.equal(later.el.querySelector("textarea").value, "写了一半");
  const choice = mount(question("single", { id: "L1-2" }), state(), { owner: "cadre2" });
  pick(choice.el, 1);
  const other = mount(question("single", { id: "L1-2", ...changed }), state(), { owner: "cadre2" });
  assert.equal(other.el.querySelector("input:checked"), null);
});

test("how sure one is stays with the draft", () => {
  const asked = question("single", { certainty: true });
  const { el } = mount(asked, state(), { owner: "cadre3" });
  const [, sure] = el.querySelectorAll(".zx-certainty input");
  sure.checked = true;
  sure.dispatchEvent(new window.Event("change"));
  const again = mount(asked, state(), { owner: "cadre3" });
  assert.equal(again.el.querySelector(".zx-certainty input:checked").value, "2");
});
