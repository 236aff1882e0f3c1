// Calls to the API from our own pages.

/**
 * Call the API; the header tells the server that the page is ours.
 *
 * @param {string} method
 * @param {string} address
 * @param {unknown} [body]
 */
export function call(method, address, body) {
  return fetch(address, {
    method,
    headers: { "Content-Type": "application/json", "X-Zhixing": "1" },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
}

/**
 * Say what is wrong, also where something between us and the server answered in its own way.
 *
 * @param {Response} answer
 * @returns {Promise<{ message: string, next: string, isOurs: boolean }>}
 */
export async function problemOf(answer) {
  try {
    const { message, next } = (await answer.json()).error;
    return { message, next, isOurs: true };
  } catch {
    const message = `服务器没有正常回答（${answer.status}）。`;
    return { message, next: "请稍后再试。", isOurs: false };
  }
}
