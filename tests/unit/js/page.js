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
  const kinds = ["single", "multiple", "truth", "match", "order", "panel"];
  const withOptions = kinds.includes(kind);
  return {
    id: "L1-1",
    version: "0123456789abcdef",
    kind,
    prompt: "𠮷龑䶮社区先做什么?",
    points: 2,
    options: withOptions ? CHOICES : [],
    targets: kind === "match" ? TARGETS : [],
    form: { blank: "text", data: "integer" }[kind] ?? "",
    columns: [],
    row_labels: [],
    fields: [],
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
    counting: "",
    outlook: "",
    last: null,
    score: null,
    reasons: [],
    reveal: null,
    ...more,
  };
}

/** Where a case begins. */
export const START = {
  text: "晚上九点半，口径不清。",
  choices: [
    { id: "A", text: "原样转发" },
    { id: "B", text: "核实口径" },
  ],
};

/** A state of a case after `path`, which goes on unless `more` ends it. */
export function walking(path, more = {}) {
  const scene = {
    path: path.map((id) => ({ id, text: `选了${id}`, consequence: `${id}的后果` })),
    text: path.length ? "还缺三栋楼。" : START.text,
    choices: path.length ? [{ id: "b1", text: "吹哨" }] : START.choices,
    is_end: false,
    ending: "",
    axes: [],
    capped: false,
    ...more,
  };
  const last = path.length ? { value: path, received_at: "2026-11-23T08:00:00+00:00" } : null;
  return state({ tries: 20, last, scene });
}

/** A state of a case at its end. */
export function walked(path, score, more = {}) {
  const names = ["执行力", "先锋意识", "群众工作方法", "制度落实"];
  const axes = names.map((name, place) => ({ axis: "EVMS"[place], name, score: place / 3 }));
  const end = { text: "", choices: [], is_end: true, start: START, ending: "原文如此。", axes };
  return { ...walking(path, { ...end, ...more }), attempts: 1, score };
}

/** A state after an answer. */
export function answered(value, score, more = {}) {
  const last = { value, received_at: "2026-11-23T08:00:00+00:00" };
  return state({ attempts: 1, last, score, ...more });
}
