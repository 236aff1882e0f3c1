// Answers on their way to the server: kept in this browser until the server has said what became
// of them, sent in order, each with the key of its click so that a repeat is the same answer.

import { call, problemOf } from "./call.js";

/**
 * @typedef {{ course: string, question: string, version: string, value: unknown, key: string,
 *   certainty?: number, at: number }} Parcel
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
    this.owner = owner;
    this.prefix = `zhixing:outbox:${owner}:`;
    this.onOutcome = onOutcome;
    /** @type {Map<string, Parcel>} those that this browser would not keep: they last as long as the page */
    this.unkept = new Map();
    /** @type {Promise<void> | null} */
    this.sending = null;
    window.addEventListener("online", () => this.flush());
    window.setInterval(() => this.flush(), SECONDS_BETWEEN_TRIES * 1000);
  }

  /** All that waits, oldest first. Each has a place of its own, so that two tabs lose none. */
  parcels() {
    return [...this.kept(), ...this.unkept.values()].sort((a, b) => a.at - b.at);
  }

  /** @returns {Parcel[]} */
  kept() {
    try {
      const names = Object.keys(window.localStorage).filter((name) => name.startsWith(this.prefix));
      return names
        .map((name) => JSON.parse(window.localStorage.getItem(name) ?? "null"))
        .filter(Boolean);
    } catch {
      return []; // storage is forbidden: what was written is in `unkept`
    }
  }

  /** @param {Omit<Parcel, "at">} parcel */
  put(parcel) {
    const dated = { ...parcel, at: Date.now() };
    try {
      window.localStorage.setItem(this.prefix + parcel.key, JSON.stringify(dated));
    } catch {
      this.unkept.set(parcel.key, dated);
    }
    return this.flush();
  }

  /** @param {Parcel} parcel */
  drop({ key }) {
    this.unkept.delete(key);
    try {
      window.localStorage.removeItem(this.prefix + key);
    } catch {
      // Storage is forbidden, so it was in `unkept`.
    }
  }

  /**
   * The card does this by itself where it is on the page.
   *
   * @param {Parcel} parcel
   */
  dropDraft({ question, version, key }) {
    const name = `zhixing:draft:${this.owner}:${question}`;
    try {
      const draft = JSON.parse(window.localStorage.getItem(name) ?? "null");
      if (draft?.key === key && draft.version === version) window.localStorage.removeItem(name);
    } catch {
      // Storage is forbidden, so no draft outlived its page.
    }
  }

  /** Send what waits; one sending at a time. */
  async flush() {
    this.sending ??= this.sendAll().finally(() => {
      this.sending = null;
    });
    await this.sending;
  }

  /** Stop at the first that cannot be settled now: answers to one question keep their order. */
  async sendAll() {
    for (let [parcel] = this.parcels(); parcel; [parcel] = this.parcels()) {
      const outcome = await this.send(parcel);
      if (outcome.status !== "waiting") this.drop(parcel);
      if (outcome.status === "saved") this.dropDraft(parcel);
      // Whatever stands behind one that waits, waits as well, and is told so.
      const told = outcome.status === "waiting" ? this.parcels() : [parcel];
      for (const one of told) this.onOutcome(one, outcome);
      if (outcome.status === "waiting") return;
    }
  }

  /**
   * @param {Parcel} parcel
   * @returns {Promise<Outcome>}
   */
  async send({ course, question, version, value, key, certainty }) {
    const address = `${this.api}/courses/${course}/questions/${question}/answers`;
    try {
      const answer = await call("POST", address, { version, value, key, certainty });
      if (answer.ok) return { status: "saved", receipt: await answer.json() };
      return outcomeOf(answer.status, await problemOf(answer));
    } catch {
      return { status: "waiting", message: "网络不通，答案已留在这台设备上，恢复后自动补交。" };
    }
  }
}

/**
 * Only the classroom itself refuses an answer; whatever stands between may be gone the next time.
 *
 * @param {number} status
 * @param {{ message: string, next: string, isOurs: boolean }} problem
 * @returns {Outcome}
 */
export function outcomeOf(status, { message, next, isOurs }) {
  const words = `${message}${next}`;
  if (status === 401) return { status: "waiting", message: words, signedOut: true };
  if (status >= 500 || status === 429 || !isOurs) return { status: "waiting", message: words };
  return { status: "refused", message: words };
}
