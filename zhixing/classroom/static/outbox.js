// Answers on their way to the server: kept in this browser until the server has said what became
// of them, sent in order, each with the key of its click so that a repeat is the same answer.

/**
 * @typedef {{ course: string, question: string, version: string, value: unknown, key: string }} Parcel
 * @typedef {{ status: "saved", receipt: any } | { status: "refused", message: string }
 *   | { status: "waiting", message: string, signedOut?: boolean }} Outcome
 */

const SECONDS_BETWEEN_TRIES = 15;

export class Outbox {
  /**
   * @param {string} api address of the API
   * @param {string} owner whose answers these are; another person at this device never sends them
   * @param {(parcel: Parcel, outcome: Outcome) => void} onOutcome
   */
  constructor(api, owner, onOutcome) {
    this.api = api;
    this.name = `zhixing:outbox:${owner}`;
    this.onOutcome = onOutcome;
    this.isSending = false;
    window.addEventListener("online", () => this.flush());
    window.setInterval(() => this.flush(), SECONDS_BETWEEN_TRIES * 1000);
  }

  /** @returns {Parcel[]} */
  parcels() {
    try {
      return JSON.parse(window.localStorage.getItem(this.name) ?? "[]");
    } catch {
      return this.unkept ?? [];
    }
  }

  /** @param {Parcel[]} parcels */
  keep(parcels) {
    try {
      window.localStorage.setItem(this.name, JSON.stringify(parcels));
    } catch {
      this.unkept = parcels; // storage forbidden: they last as long as this page
    }
  }

  /** @param {Parcel} parcel */
  put(parcel) {
    this.keep([...this.parcels().filter((one) => one.key !== parcel.key), parcel]);
    return this.flush();
  }

  /** Send what waits, oldest first; stop at the first that cannot be settled now. */
  async flush() {
    if (this.isSending) return;
    this.isSending = true;
    try {
      for (let [parcel] = this.parcels(); parcel; [parcel] = this.parcels()) {
        const outcome = await this.send(parcel);
        if (outcome.status !== "waiting") this.drop(parcel);
        this.onOutcome(parcel, outcome);
        if (outcome.status === "waiting") return;
      }
    } finally {
      this.isSending = false;
    }
  }

  /** @param {Parcel} parcel */
  drop(parcel) {
    this.keep(this.parcels().filter((one) => one.key !== parcel.key));
  }

  /**
   * @param {Parcel} parcel
   * @returns {Promise<Outcome>}
   */
  async send({ course, question, version, value, key }) {
    const address = `${this.api}/courses/${course}/questions/${question}/answers`;
    try {
      const answer = await call("POST", address, { version, value, key });
      if (answer.ok) return { status: "saved", receipt: await answer.json() };
      return outcomeOf(answer.status, await problemOf(answer));
    } catch {
      return { status: "waiting", message: "网络不通,答案已留在这台设备上,恢复后自动补交。" };
    }
  }
}

/**
 * @param {number} status
 * @param {{ message: string, next: string }} problem
 * @returns {Outcome}
 */
export function outcomeOf(status, { message, next }) {
  const words = `${message}${next}`;
  if (status === 401) return { status: "waiting", message: words, signedOut: true };
  if (status >= 500 || status === 429) return { status: "waiting", message: words };
  return { status: "refused", message: words };
}

/**
 * @param {Response} answer
 * @returns {Promise<{ message: string, next: string }>}
 */
export async function problemOf(answer) {
  try {
    return (await answer.json()).error;
  } catch {
    return { message: `服务器没有正常回答(${answer.status})。`, next: "稍后会自动再试。" };
  }
}

/**
 * Call the API from our own page; the header tells the server that it is ours.
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
