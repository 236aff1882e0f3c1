// The light page as a host of widgets: mounts them, delivers answers, hands in.

import quiz from "./widgets/quiz.js";
import { PageModel } from "./model.js";
import { call, Outbox, problemOf } from "./outbox.js";

const page = JSON.parse(document.getElementById("zx-page")?.textContent ?? "{}");
/** @type {Map<string, PageModel>} */
const models = new Map();
const outbox = new Outbox(page.api, page.owner, onOutcome);

for (const place of document.querySelectorAll("[data-question]")) mountQuestion(place);
for (const place of document.querySelectorAll("[data-table]")) mountTable(place);
document.getElementById("zx-hand-in")?.addEventListener("click", handIn);
showWaiting();
outbox.flush();

/** @param {Element} place */
function mountQuestion(place) {
  const id = place.getAttribute("data-question") ?? "";
  const view = page.views[id];
  if (!view) return;
  const { question } = view;
  const delivery = { status: "idle", message: "" };
  const model = new PageModel({ ...view, delivery, owner: page.owner }, ({ type, value, key }) => {
    if (type !== "answer") return;
    model.set("delivery", { status: "saving", message: "" });
    outbox.put({ course: page.course, question: id, version: question.version, value, key });
  });
  models.set(id, model);
  place.replaceChildren();
  quiz.render({ model, el: place });
}

/** Say of every parcel still here that it waits, as it may be from an earlier visit. */
function showWaiting() {
  for (const parcel of outbox.parcels()) {
    const message = "上次写好的答案还没有送到,正在补交。";
    models.get(parcel.question)?.set("delivery", { status: "waiting", message });
  }
}

/**
 * @param {import("./outbox.js").Parcel} parcel
 * @param {import("./outbox.js").Outcome} outcome
 */
function onOutcome(parcel, outcome) {
  const model = models.get(parcel.question);
  if (outcome.status === "waiting" && outcome.signedOut) showSignedOut();
  if (!model) return;
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
  document.querySelector(`[data-unanswered="${CSS.escape(id)}"]`)?.remove();
  const list = document.getElementById("zx-unanswered");
  if (list && !list.querySelector("[data-unanswered]")) list.hidden = true;
}

function showSignedOut() {
  const bar = document.getElementById("zx-signed-out");
  if (bar) bar.hidden = false;
}

/** @param {Element} place */
async function mountTable(place) {
  const [task, name] = (place.getAttribute("data-table") ?? "/").split("/");
  const address = `${page.api}/tasks/${page.course}/${task}/${name}`;
  const model = new PageModel(
    { table: null, delivery: { status: "idle", message: "" }, xlsx: `${address}.xlsx` },
    () => {},
  );
  try {
    const [widget, answer] = await Promise.all([import("./widgets/table.js"), fetch(`${address}.json`)]);
    if (!answer.ok) throw new Error((await problemOf(answer)).message);
    model.set("table", await answer.json());
    place.replaceChildren();
    widget.default.render({ model, el: place });
  } catch (error) {
    const words = error instanceof Error ? error.message : "";
    place.textContent = `表格没有取到。${words}请检查网络后刷新页面。`;
  }
}

async function handIn() {
  const button = /** @type {HTMLButtonElement} */ (document.getElementById("zx-hand-in"));
  const told = document.getElementById("zx-hand-in-told");
  if (!button || !told) return;
  if (button.dataset.confirmed !== "yes") {
    button.dataset.confirmed = "yes";
    const left = document.querySelectorAll("[data-unanswered]").length;
    const missing = left ? `还有 ${left} 道题没有答,交卷后不能再答。` : "交卷后不能再改。";
    told.textContent = `${missing}确定的话,请再点一次。`;
    button.textContent = "确定交卷";
    return;
  }
  button.disabled = true;
  told.textContent = "正在交卷…";
  const address = `${page.api}/courses/${page.course}/lessons/${page.lesson}/submissions`;
  try {
    const answer = await call("POST", address, { key: page.handInKey });
    if (!answer.ok) {
      const { message, next } = await problemOf(answer);
      told.textContent = `没有交成:${message}${next}`;
    } else {
      const { receipt } = await answer.json();
      told.textContent = `已交卷,回执编号 ${receipt}。`;
      window.location.reload();
      return;
    }
  } catch {
    told.textContent = "网络不通,没有交成。请稍后再点一次。";
  }
  button.disabled = false;
}
