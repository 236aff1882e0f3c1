/** @import { Question } from "./contract.js" */

/**
 * What a learner typed: its value, and the key under which it was sent, if it was.
 *
 * @typedef {{ value: unknown, key: string | null }} Draft
 */

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
  return {
    /** @returns {Draft | null} */
    read() {
      try {
        const draft = JSON.parse(storage(owner).getItem(name) ?? "null");
        return draft && "value" in draft ? draft : null;
      } catch {
        return null; // storage forbidden, or not ours: as if there were no draft
      }
    },
    /** @param {Draft} draft */
    keep(draft) {
      try {
        storage(owner).setItem(name, JSON.stringify(draft));
        return true;
      } catch {
        return false; // storage forbidden or full
      }
    },
    drop() {
      try {
        storage(owner).removeItem(name);
      } catch {
        // Storage is forbidden, so there is nothing to drop.
      }
    },
  };
}

/** @param {string} owner */
function storage(owner) {
  return owner ? window.localStorage : window.sessionStorage;
}
