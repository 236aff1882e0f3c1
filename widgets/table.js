// A data task's table: look, filter, sort, page, and download as Excel; no code needed.
// Traits: `table` (title, note, columns, rows), `delivery`, `xlsx` (address of the file, or empty
// where the host sends the file itself when asked by `send({type: "xlsx"})`).

/** @import { Delivery, Model, RenderContext, Sheet, Sorting } from "./contract.js" */
import { deliveryLine } from "./delivery.js";
import { button, cardElement, element } from "./element.js";
import { listening } from "./listening.js";
import { cellText, choicesOf, countInWords, shownRows } from "./rows.js";

const PAGE_SIZE = 50;
/** A date or a code, which is not broken over two lines. */
const SHORT = 12;
const XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

class TableCard {
  /**
   * @param {Model} model
   * @param {HTMLElement} el
   */
  constructor(model, el) {
    this.model = model;
    this.delivery = deliveryLine();
    this.root = cardElement("zx-table");
    el.append(this.root);
    this.show();
    this.showDelivery();
  }

  /** @returns {Sheet} */
  get sheet() {
    return { title: "", note: "", columns: [], rows: [], ...this.model.get("table") };
  }

  show = () => {
    const { sheet } = this;
    this.first = 0;
    /** @type {Sorting | null} */
    this.sorting = null;
    this.filters = sheet.columns.map((_, column) => this.filterControl(sheet, column));
    this.heads = sheet.columns.map((name, column) => this.headCell(name, column));
    this.count = element("p", { class: "zx-count", role: "status" });
    this.body = element("tbody");
    this.pages = element("div", { class: "zx-pages" });
    this.root.replaceChildren(
      element("h3", { class: "zx-table-title" }, sheet.title),
      ...(sheet.note ? [element("p", { class: "zx-note" }, sheet.note)] : []),
      element("div", { class: "zx-bar" }, this.count, this.clearButton(), this.download()),
      this.scroller(sheet),
      this.pages,
      this.delivery.node,
    );
    this.showRows();
  };

  /** @param {Sheet} sheet */
  scroller({ title }) {
    const filters = this.filters?.map((control) => element("td", {}, control)) ?? [];
    const head = element(
      "thead",
      {},
      element("tr", {}, ...(this.heads ?? [])),
      element("tr", { class: "zx-filters" }, ...filters),
    );
    return element(
      "div",
      { class: "zx-scroll", role: "region", tabindex: 0, "aria-label": `${title}，可左右滚动` },
      element("table", {}, head, this.body ?? null),
    );
  }

  /**
   * @param {string} name
   * @param {number} column
   */
  headCell(name, column) {
    const sort = () => {
      const isAscending = this.sorting?.column === column && this.sorting.direction === "ascending";
      this.sorting = { column, direction: isAscending ? "descending" : "ascending" };
      this.restart();
    };
    const button = element("button", { type: "button", class: "zx-sort", onclick: sort }, name);
    button.append(element("span", { class: "zx-arrow", "aria-hidden": "true" }));
    return element("th", { scope: "col", "aria-sort": "none" }, button);
  }

  /**
   * A list where the column has few values, a search box otherwise.
   *
   * @param {Sheet} sheet
   * @param {number} column
   */
  filterControl(sheet, column) {
    const choices = choicesOf(sheet, column);
    const restart = () => this.restart();
    const label = `筛选：${sheet.columns[column]}`;
    if (!choices) {
      const attributes = { type: "search", size: 6, placeholder: "筛选", oninput: restart };
      return element("input", { class: "zx-input", "aria-label": label, ...attributes });
    }
    const options = choices.map((text) => element("option", { value: text }, text));
    return element(
      "select",
      { class: "zx-input", "aria-label": label, onchange: restart },
      element("option", { value: "" }, "全部"),
      ...options,
    );
  }

  clearButton() {
    const clear = () => {
      for (const control of this.filters ?? []) control.value = "";
      this.sorting = null;
      this.restart();
    };
    return button("清除筛选", clear);
  }

  download() {
    const address = this.model.get("xlsx");
    const word = "下载 Excel";
    if (!address) return button(word, () => this.model.send({ type: "xlsx" }));
    return element("a", { class: "zx-button", href: address, download: true }, word);
  }

  restart() {
    this.first = 0;
    this.showRows();
  }

  showRows() {
    const { sheet } = this;
    const filters = (this.filters ?? []).map((control) => ({
      text: control.value,
      isExact: control instanceof HTMLSelectElement,
    }));
    const rows = shownRows(sheet, filters, this.sorting ?? null);
    const first = this.first ?? 0;
    const page = rows.slice(first, first + PAGE_SIZE);
    this.body?.replaceChildren(...page.map(bodyRow));
    this.heads?.forEach((head, column) => {
      const isSorted = this.sorting?.column === column;
      head.setAttribute("aria-sort", (isSorted && this.sorting?.direction) || "none");
    });
    if (this.count) {
      const place = { total: sheet.rows.length, kept: rows.length, first, size: PAGE_SIZE };
      this.count.textContent = countInWords(place);
    }
    this.showPages(rows.length);
  }

  /** @param {number} total */
  showPages(total) {
    const count = Math.ceil(total / PAGE_SIZE);
    const page = (this.first ?? 0) / PAGE_SIZE;
    if (count < 2) return this.pages?.replaceChildren();
    this.pages?.replaceChildren(
      this.pageButton("上一页", page > 0 ? page - 1 : null),
      element("span", {}, `第 ${page + 1} 页，共 ${count} 页`),
      this.pageButton("下一页", page + 1 < count ? page + 1 : null),
    );
  }

  /**
   * @param {string} word
   * @param {number | null} target
   */
  pageButton(word, target) {
    const turn = () => {
      if (target === null) return;
      this.first = target * PAGE_SIZE;
      this.showRows();
      const again = [...(this.pages?.querySelectorAll("button") ?? [])];
      again.find((button) => button.textContent === word)?.focus();
    };
    const made = button(word, turn);
    made.setAttribute("aria-disabled", String(target === null));
    return made;
  }

  showDelivery = () => {
    /** @type {Delivery | undefined} */
    const delivery = this.model.get("delivery");
    // A table is never “saved”: only trouble is worth a line.
    const isTrouble = delivery?.status === "refused" || delivery?.status === "waiting";
    this.delivery.show(delivery && isTrouble ? delivery : { status: "idle", message: "" });
  };

  /**
   * The host sent the file that `send({type: "xlsx"})` asked for.
   *
   * @param {{ type: string, name: string }} content
   * @param {DataView[]} buffers
   */
  onMessage = (content, buffers) => {
    if (content.type !== "file" || !buffers?.length) return;
    const address = URL.createObjectURL(new Blob([bytesOf(buffers[0])], { type: XLSX }));
    const link = element("a", { href: address, download: content.name });
    link.click();
    window.setTimeout(() => URL.revokeObjectURL(address), 60_000);
  };
}

/**
 * A copy: the view may stand on a larger or shared buffer.
 *
 * @param {DataView} view
 */
function bytesOf({ buffer, byteOffset, byteLength }) {
  return new Uint8Array(new Uint8Array(buffer, byteOffset, byteLength));
}

/** @param {Sheet["rows"][number]} row */
function bodyRow(row) {
  const cells = row.map((cell) => {
    const text = cellText(cell);
    const looks = typeof cell === "number" ? "is-number" : text.length <= SHORT ? "is-short" : "";
    return element("td", { class: looks || undefined }, text);
  });
  return element("tr", {}, ...cells);
}

/** @param {RenderContext} context */
function render({ model, el }) {
  const card = new TableCard(model, el);
  return listening(model, card.root, {
    "change:table": card.show,
    "change:delivery": card.showDelivery,
    "msg:custom": card.onMessage,
  });
}

export default { render };
