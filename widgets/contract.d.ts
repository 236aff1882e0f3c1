// The widget contract of ARCHITECTURE.md as types; checked by tsc, never served to a browser.

export interface Choice {
  id: string;
  text: string;
}

export interface FormField {
  label: string;
  hint?: string;
  example?: string;
  lines?: number;
  optional?: boolean;
}

export interface Question {
  id: string;
  version: string;
  kind: string;
  prompt: string;
  points: number;
  options: Choice[];
  targets: Choice[];
  /** Form of a blank or data answer, as zhixing.question has them; else empty. */
  form: string;
  /** Of rows to fill in: heads of the columns, the first one the labels'. */
  columns: string[];
  row_labels: string[];
  /** Of a written question that is a form. */
  fields: FormField[];
  /** Whether the learner also says how sure the answer is. */
  certainty?: boolean;
  unit: string;
  hint: string;
  source: string;
  assumption: string;
}

/** A reason for what was chosen; an empty id means it belongs to the answer as a whole. */
export interface Reason {
  id: string;
  text: string;
}

export interface Criterion {
  criterion: string;
  points: number;
  levels?: string[];
}

/** How many of a panel of experienced people chose each option. */
export interface Panel {
  size: number;
  counts: Record<string, number>;
}

export interface Axis {
  axis: string;
  name: string;
  score: number;
}

/** Where a walk through a case stands; nothing of what was not yet reached is in it. */
export interface Scene {
  path: { id: string; text: string; consequence: string }[];
  text: string;
  choices: Choice[];
  is_end: boolean;
  /** At the end, for the next walk: where every walk begins. */
  start?: { text: string; choices: Choice[] } | null;
  ending?: string;
  axes?: Axis[];
  capped?: boolean;
}

/** What may be shown once no try is left to lose (zhixing.marking.reveal). */
export interface Reveal {
  option?: string;
  options?: string[];
  pairs?: Record<string, string>;
  order?: string[];
  text?: string[];
  number?: number;
  tolerance?: number;
  unit?: string;
  steps?: string[];
  rubric?: Criterion[];
  reasons?: Reason[];
  explanation?: string;
  panel?: Panel;
  recommended?: Choice[];
}

export interface AnswerState {
  status: "open" | "done" | "closed" | "waiting";
  attempts: number;
  tries: number;
  /** How the next answer counts, in words. */
  counting: string;
  /** What an answer without a score waits for, in words. */
  outlook: string;
  last: { value: unknown; received_at: string } | null;
  score: number | null;
  /** Score that counts so far, 0 to 1. */
  credit?: number | null;
  reasons: Reason[];
  reveal: Reveal | null;
  /** Of a case only. */
  scene?: Scene | null;
}

export type OfReveal<T> = (question: Question, reveal: Reveal) => T;

export type OfAnswer<T> = (question: Question, state: AnswerState) => T;

export interface Delivery {
  status: "idle" | "saving" | "saved" | "waiting" | "refused";
  message: string;
}

export type Cell = string | number | boolean | null;

export interface Sheet {
  title: string;
  note: string;
  columns: string[];
  rows: Cell[][];
}

export interface Sorting {
  column: number;
  direction: "ascending" | "descending";
}

/** What a learner typed: its value, and the key under which it was sent, if it was. */
export interface Draft {
  value: unknown;
  key: string | null;
  /** How sure, if it was sent with that. */
  certainty?: number | null;
}

/** What every host gives: anywidget's model, or the light page's small one. */
export interface Model {
  // biome-ignore lint/suspicious/noExplicitAny: a trait is whatever JSON the host holds
  get(name: string): any;
  on(event: string, callback: (...found: never[]) => void): void;
  off(event: string, callback: (...found: never[]) => void): void;
  send(content: unknown): void;
}

export interface RenderContext {
  model: Model;
  el: HTMLElement;
}

/** What a question type needs to show itself. */
export interface FieldContext {
  question: Question;
  /** Value to start from: the draft, the last answer, or null. */
  value: unknown;
  isLocked: boolean;
  reasons: Reason[];
  reveal: Reveal | null;
  scene?: Scene | null;
  /** Called after every change the learner makes. */
  onChange: () => void;
}

/** A question type on the page. */
export interface Field {
  node: HTMLElement;
  /** What would be sent, complete or not; kept as a draft. */
  value: () => unknown;
  /** What is missing before it can be sent, in words; empty when nothing is. */
  problem: () => string;
}
