// Notices: what the page has to tell beside the questions, in the line under the heading.

/** @type {Map<string, HTMLElement>} */
const told = new Map();

/**
 * Tell something once; the same name again replaces what it said.
 *
 * @param {string} name
 * @param {"ok" | "warn"} kind
 * @param {...(string | Node)} words
 */
export function tell(name, kind, ...words) {
  const place = document.getElementById("zx-told");
  const line = told.get(name) ?? document.createElement("p");
  line.className = `notice ${kind}`;
  line.replaceChildren(...words);
  told.set(name, line);
  place?.append(line);
}

/** @param {string} name */
export function untell(name) {
  told.get(name)?.remove();
  told.delete(name);
}

/** Tell that the session is over, and the way back to this very place. */
export function tellSignedOut() {
  const again = document.createElement("a");
  again.href = window.location.href;
  again.textContent = "重新登录";
  tell("session", "warn", "登录已过期。写好的答案留在这台设备上，", again, "后会自动补交。");
}

/**
 * Tell what became of an answer whose question is not on this page.
 *
 * @param {import("./outbox.js").Parcel} parcel
 * @param {import("./outbox.js").Outcome} outcome
 */
export function tellOutcome(parcel, outcome) {
  const { question } = parcel;
  if (outcome.status === "waiting") {
    if (outcome.signedOut) tellSignedOut();
    else tell("waiting", "warn", `有答案还没有送到，正在补交。${outcome.message}`);
    return;
  }
  untell("waiting");
  if (outcome.status === "saved")
    tell(question, "ok", `✓ 之前写好的答案（${question}）已补交保存。`);
  else tell(question, "warn", `之前写好的答案（${question}）没有被接受：${outcome.message}`);
}
