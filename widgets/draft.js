/** @import { Question } from "./contract.js" */

/**
 * What was typed and not yet taken by the server, kept in this browser.
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
    /** @returns {unknown} the draft, or null */
    read() {
      try {
        return JSON.parse(storage(owner).getItem(name) ?? "null");
      } catch {
        return null; // storage forbidden, or not ours: as if there were no draft
      }
    },
    /** @param {unknown} value */
    keep(value) {
      try {
        storage(owner).setItem(name, JSON.stringify(value));
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
