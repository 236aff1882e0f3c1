/** @import { Draft, Question } from "./contract.js" */

/** Kinds that are typed: their text still says something where the question has changed. */
const TYPED = ["blank", "data", "written"];

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
  const name = `zhixing:draft:${owner}:${question.id}`;
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
        if (!draft || !("value" in draft)) return null;
        if (draft.version === question.version) return draft;
        return TYPED.includes(question.kind) ? { value: draft.value, key: null } : null;
      }),
    /** @param {Draft} draft whether it is kept */
    keep: (draft) => {
      const text = JSON.stringify({ ...draft, version: question.version });
      return attempt((storage) => storage.setItem(name, text)) !== null;
    },
    drop: () => attempt((storage) => storage.removeItem(name)),
  };
}
