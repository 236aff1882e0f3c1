// The light page's model: what anywidget gives a widget in Jupyter, as little as it takes here.

export class PageModel {
  /**
   * @param {Record<string, unknown>} traits
   * @param {(content: any) => void} onSend what the widget asks its host for
   */
  constructor(traits, onSend) {
    this.traits = traits;
    this.onSend = onSend;
    /** @type {Map<string, Set<Function>>} */
    this.listeners = new Map();
  }

  /** @param {string} name */
  get(name) {
    return this.traits[name];
  }

  /**
   * @param {string} name
   * @param {unknown} value
   */
  set(name, value) {
    this.traits[name] = value;
    for (const listener of this.listeners.get(`change:${name}`) ?? []) listener();
  }

  save_changes() {} // nothing to synchronise: the page and its model are one place

  /**
   * @param {string} event
   * @param {Function} listener
   */
  on(event, listener) {
    if (!this.listeners.has(event)) this.listeners.set(event, new Set());
    this.listeners.get(event)?.add(listener);
  }

  /**
   * @param {string} event
   * @param {Function} listener
   */
  off(event, listener) {
    this.listeners.get(event)?.delete(listener);
  }

  /** @param {unknown} content */
  send(content) {
    this.onSend(content);
  }
}
