// Extensions: a form that moves one learner's date, or takes that back.

import { call, problemOf } from "./call.js";

for (const form of document.querySelectorAll("form[data-extend]"))
  if (form instanceof HTMLFormElement)
    form.addEventListener("submit", (event) => send(event, form));

/**
 * @param {SubmitEvent} event
 * @param {HTMLFormElement} form
 */
async function send(event, form) {
  event.preventDefault();
  const told = form.querySelector(".told");
  const button = form.querySelector("button");
  if (!told || !button) return;
  button.disabled = true;
  told.textContent = "正在保存…";
  told.textContent = await answered(form);
  button.disabled = false;
}

/** @param {HTMLFormElement} form */
async function answered(form) {
  const given = new FormData(form);
  const wish = {
    username: form.dataset.username ?? given.get("username"),
    // Without a zone, which the server reads in the platform's own wherever this browser is.
    closes: given.get("closes"),
    reason: String(given.get("reason") ?? "").trim(),
  };
  try {
    const answer = await call("POST", form.dataset.extend ?? "", wish);
    if (answer.ok) {
      window.location.reload();
      return "已保存。";
    }
    const { message, next } = await problemOf(answer);
    return `没有改动：${message}${next}`;
  } catch {
    return "网络不通，没有改动。请稍后再点。";
  }
}
