// Forms that change something: each asks once more, sends what it holds, tells what came of it.

import { call, problemOf } from "./call.js";

for (const form of document.querySelectorAll("form[data-send]"))
  if (form instanceof HTMLFormElement) prepare(form);

/** @param {HTMLFormElement} form */
function prepare(form) {
  const key = crypto.randomUUID();
  const told = form.querySelector(".told");
  const button = form.querySelector("button");
  let isConfirmed = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (!told || !button) return;
    if (!isConfirmed) {
      isConfirmed = true;
      told.textContent = "确定的话，请再点一次。";
      return;
    }
    button.disabled = true;
    told.textContent = "正在处理…";
    told.textContent = await send(form, key);
    button.disabled = false;
    isConfirmed = false;
  });
}

/**
 * @param {HTMLFormElement} form
 * @param {string} key
 */
async function send(form, key) {
  const { send: address = "", back = "", token } = form.dataset;
  const fields = [...new FormData(form)].map(([name, value]) => [name, String(value).trim()]);
  const held = Object.fromEntries(fields);
  const body = token ? { ...held, token, key } : fields.length ? held : undefined;
  try {
    const answer = await call("POST", address, body);
    if (answer.ok) {
      window.location.assign(back);
      return "已处理。";
    }
    const { message, next } = await problemOf(answer);
    return `没有改动：${message}${next}`;
  } catch {
    return "网络不通，没有改动。请稍后再点。";
  }
}
