// The light page as a host of widgets: mounts them and delivers what they send.

import { linesOf, readAloud } from "./aloud.js";
import { call, problemOf } from "./call.js";
import { HandIn, idsOf, unansweredLines } from "./handin.js";
import { PageModel } from "./model.js";
import { tellOutcome, tellSignedOut, untell } from "./notice.js";
import { Outbox } from "./outbox.js";
import { Screens } from "./screens.js";
import quiz from "./widgets/quiz.js";

const page = JSON.parse(document.getElementById("zx-page")?.textContent ?? "{}");
/** @type {Map<string, PageModel>} */
const models = new Map();
const outbox = new Outbox(page.api, page.owner, onOutcome);

for (const place of places("[data-question]")) mountQuestion(place);
for (const place of places("[data-table]")) mountTable(place);
mountHandIn();
easeReading();
showWaiting();
outbox.flush();
rememberPlace();

/**
 * @param {string} selector
 * @returns {NodeListOf<HTMLElement>}
 */
function places(selector) {
  return document.querySelectorAll(selector);
}

/** @param {HTMLElement} place */
function mountQuestion(place) {
  const id = place.getAttribute("data-question") ?? "";
  const view = page.views[id];
  if (!view) return;
  const { question } = view;
  const delivery = { status: "idle", message: "" };
  const model = new PageModel({ ...view, delivery, owner: page.owner }, ({ type, ...answer }) => {
    if (type !== "answer") return;
    model.set("delivery", { status: "saving", message: "" });
    const { value, key, certainty } = answer;
    const { version } = question;
    outbox.put({ course: page.course, question: id, version, value, key, certainty });
  });
  models.set(id, model);
  place.replaceChildren();
  quiz.render({ model, el: place });
}

/** @param {import("./outbox.js").Parcel} parcel */
function modelOf(parcel) {
  return parcel.course === page.course ? models.get(parcel.question) : undefined;
}

/** Say of every parcel still here that it waits, as it may be from an earlier visit. */
function showWaiting() {
  for (const parcel of outbox.parcels()) {
    const message = "上次写好的答案还没有送到，正在补交。";
    modelOf(parcel)?.set("delivery", { status: "waiting", message });
  }
}

/**
 * @param {import("./outbox.js").Parcel} parcel
 * @param {import("./outbox.js").Outcome} outcome
 */
function onOutcome(parcel, outcome) {
  const model = modelOf(parcel);
  if (!model) return tellOutcome(parcel, outcome);
  if (outcome.status === "waiting" && outcome.signedOut) tellSignedOut();
  else untell("session");
  if (outcome.status === "saved") {
    model.set("delivery", { status: "saved", message: "" });
    model.set("state", outcome.receipt.state);
    forgetUnanswered(parcel.question);
  } else {
    model.set("delivery", { status: outcome.status, message: outcome.message });
  }
}

/** @param {string} id */
function forgetUnanswered(id) {
  for (const line of unansweredLines()) {
    const left = idsOf(line).filter((one) => one !== id);
    line.dataset.unanswered = left.join(" ");
    line.querySelector("span")?.replaceChildren(String(left.length));
    if (!left.length) line.remove();
  }
  const list = document.getElementById("zx-unanswered");
  if (list) list.hidden = unansweredLines().length === 0;
}

/** @param {HTMLElement} place */
async function mountTable(place) {
  const [task, name] = (place.getAttribute("data-table") ?? "/").split("/");
  const address = `${page.api}/tasks/${page.course}/${task}/${name}`;
  const delivery = { status: "idle", message: "" };
  const model = new PageModel({ table: null, delivery, xlsx: `${address}.xlsx` }, () => {});
  try {
    const [widget, answer] = await Promise.all([
      import("./widgets/table.js"),
      fetch(`${address}.json`),
    ]);
    if (!answer.ok) throw new Error((await problemOf(answer)).message);
    model.set("table", await answer.json());
    place.replaceChildren();
    widget.default.render({ model, el: place });
  } catch (error) {
    const words = error instanceof Error ? error.message : "";
    place.textContent = `表格没有取到。${words}请检查网络后刷新页面。`;
  }
}

/** What the large view has more: one question a screen, and reading aloud. */
function easeReading() {
  const [article] = places("article.text");
  if (!article) return;
  const [first] = article.querySelectorAll("h2 + p");
  const texts = [...article.children].filter((block) => !block.matches("[data-question], .aloud"));
  const lines = () =>
    texts
      .filter((block) => !block.matches("[hidden], [data-table]"))
      .map((block) => block.textContent?.trim() ?? "")
      .filter(Boolean);
  const lead = [...places(".aim, .sections, main > .quiet")];
  new Screens(article, lead, [...places(".turn, section.panel, section.sources")]);
  if (first instanceof HTMLElement) readAloud(first, "本节正文", lines);
  for (const place of places("[data-question]")) {
    const card = place.querySelector(".zx-quiz");
    const name = `题目 ${place.getAttribute("data-question")}`;
    if (card instanceof HTMLElement) readAloud(card, name, () => linesOf(card));
  }
}

function mountHandIn() {
  const button = document.getElementById("zx-hand-in");
  const told = document.getElementById("zx-hand-in-told");
  if (button instanceof HTMLButtonElement && told) new HandIn(page, outbox, button, told);
}

/** Where to resume next time. Nothing is lost where this fails: it is said by the next page. */
async function rememberPlace() {
  if (!page.isTaking) return;
  const address = `${page.api}/courses/${page.course}/lessons/${page.lesson}/position`;
  // The reply is read to its end, as the browser keeps the connection busy until then.
  await call("PUT", address, { section: page.section - 1 })
    .then((answer) => answer.text())
    .catch(() => null);
}
