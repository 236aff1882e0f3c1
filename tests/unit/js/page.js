// A document without a browser, a model as hosts make it, and questions of every kind.

import { Window } from "happy-dom";

/** A fresh document and empty storage, as globals that the widgets use. */
export function freshPage() {
  const window = new Window({ url: "http://127.0.0.1/" });
  globalThis.window = window;
  globalThis.document = window.document;
  globalThis.HTMLSelectElement = window.HTMLSelectElement;
  return window.document.body;
}

/** End what still waits in the page, or node would wait with it. */
export async function closePage() {
  await globalThis.window.happyDOM.abort();
}

export class Model {
  constructor(traits) {
    this.traits = { delivery: { status: "idle", message: "" }, owner: "", ...traits };
    this.listeners = new Map();
    this.sent = [];
  }
  get(name) {
    return this.traits[name];
  }
  set(name, value) {
    this.traits[name] = value;
    for (const listener of this.listeners.get(`change:${name}`) ?? []) listener();
  }
  on(event, listener) {
    this.listeners.set(event, [...(this.listeners.get(event) ?? []), listener]);
  }
  off(event, listener) {
    const left = (this.listeners.get(event) ?? []).filter((other) => other !== listener);
    this.listeners.set(event, left);
  }
  send(content) {
    this.sent.push(content);
  }
}

const CHOICES = ["甲", "乙", "丙"].map((text, place) => ({ id: "abc"[place], text }));
const TARGETS = ["指挥部", "主阵地", "主心骨"].map((text, place) => ({ id: "xyz"[place], text }));

export function question(kind, more = {}) {
  const withOptions = ["single", "multiple", "truth", "match", "order"].includes(kind);
  return {
    id: "L1-1",
    version: "0123456789abcdef",
    kind,
    prompt: "𠮷龑䶮社区先做什么?",
    points: 2,
    options: withOptions ? CHOICES : [],
    targets: kind === "match" ? TARGETS : [],
    form: { blank: "text", data: "integer" }[kind] ?? "",
    unit: "",
    hint: "",
    source: "",
    assumption: "",
    ...more,
  };
}

export function state(more = {}) {
  return {
    status: "open",
    attempts: 0,
    tries: 3,
    last: null,
    score: null,
    reasons: [],
    reveal: null,
    ...more,
  };
}

/** A state after an answer. */
export function answered(value, score, more = {}) {
  const last = { value, received_at: "2026-11-23T08:00:00+00:00" };
  return state({ attempts: 1, last, score, ...more });
}
