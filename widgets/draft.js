/** @import { Draft, Question } from "./contract.js" */

/**
 * What was typed and is not known to be with the server, kept in this browser.
 *
 * Where the host says whose page it is, a draft outlives the window and stays under that name;
 * where it does not, the draft ends with the window, as the next person may sit down here.
 *
 * @param {Question} question
 * @param {string} owner
 */
export function draftOf(question, owner) {
  const name = `zhixing:draft:${owner}:${question.id}:${question.version}`;
  /**
   * @template T
   * @param {(storage: Storage) => T} work
   */
  const attempt = (work) => {
    try {
      return work(owner ? window.localStorage : window.sessionStorage);
    } catch {
      return null; // storage forbidden or full, or not ours: as if there were no draft
    }
  };
  return {
    /** @returns {Draft | null} */
    read: () =>
      attempt((storage) => {
        const draft = JSON.parse(storage.getItem(name) ?? "null");
        return draft && "value" in draft ? draft : null;
      }),
    /** @param {Draft} draft whether it is kept */
    keep: (draft) => attempt((storage) => storage.setItem(name, JSON.stringify(draft))) !== null,
    drop: () => attempt((storage) => storage.removeItem(name)),
  };
}
