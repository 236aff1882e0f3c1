// The widget contract of ARCHITECTURE.md as types; checked by tsc, never served to a browser.

export interface Choice {
  id: string;
  text: string;
}

export interface Question {
  id: string;
  version: string;
  kind: string;
  prompt: string;
  points: number;
  options: Choice[];
  targets: Choice[];
  /** Form of a blank or data answer: text, number, integer, rate, set; else empty. */
  form: string;
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
}

export interface AnswerState {
  status: "open" | "done" | "closed" | "waiting";
  attempts: number;
  tries: number;
  last: { value: unknown; received_at: string } | null;
  score: number | null;
  reasons: Reason[];
  reveal: Reveal | null;
}

export interface Delivery {
  status: "idle" | "saving" | "saved" | "waiting" | "refused";
  message: string;
}

export interface Sheet {
  title: string;
  note: string;
  columns: string[];
  rows: (string | number | boolean | null)[][];
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
