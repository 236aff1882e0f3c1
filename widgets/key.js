/**
 * Key of one click: the same key sent twice is one answer.
 *
 * `randomUUID` exists on secure pages only; an intranet often has plain HTTP.
 */
export function newKey() {
  if (typeof crypto.randomUUID === "function") return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
