// The page 温故 as a host of question cards: each answer is told its mark at once and not kept.

import { call, problemOf } from "./call.js";
import { PageModel } from "./model.js";
import quiz from "./widgets/quiz.js";

const page = JSON.parse(document.getElementById("zx-page")?.textContent ?? "{}");
let left = page.views.length;

/** @type {NodeListOf<HTMLElement>} */
const places = document.querySelectorAll("[data-review]");
for (const place of places) mount(place);

/** @param {HTMLElement} place */
function mount(place) {
  const { course, question, state } = page.views[Number(place.dataset.review)];
  const delivery = { status: "idle", message: "" };
  // No owner: what is typed here must not turn up as a draft in the lesson.
  const model = new PageModel({ question, state, delivery }, ({ type, value, key }) => {
    if (type !== "answer") return;
    const { id, version } = question;
    send(model, { course, question: id, version, value, key });
  });
  place.replaceChildren();
  quiz.render({ model, el: place });
}

/**
 * @param {PageModel} model
 * @param {unknown} answer
 */
async function send(model, answer) {
  model.set("delivery", { status: "saving", message: "" });
  try {
    const reply = await call("POST", `${page.api}/own/review`, answer);
    if (reply.ok) return settle(model, (await reply.json()).state);
    const { message, next } = await problemOf(reply);
    model.set("delivery", { status: "refused", message: `${message}${next}` });
  } catch {
    const message = "网络不通，答案还在这里。请稍后再点一次。";
    model.set("delivery", { status: "waiting", message });
  }
}

/**
 * @param {PageModel} model
 * @param {unknown} state
 */
function settle(model, state) {
  // “Saved” lets the card forget its draft; it would be the wrong word to leave standing here.
  model.set("delivery", { status: "saved", message: "" });
  model.set("delivery", { status: "idle", message: "" });
  model.set("state", state);
  left -= 1;
  const done = document.getElementById("zx-review-done");
  if (done && left === 0) done.hidden = false;
}
