// The list as a grid: one cell has the focus, keys move it, rows are selected, sums appear.
import { each, onContent } from "./content";
import { edit } from "./editor";
import { isTyping } from "./keys";
import { language, word } from "./words";

export const grid = (): HTMLTableElement | null => document.querySelector<HTMLTableElement>("table[data-grid]");

/** The header of a cell: it knows the field and its editor. */
export function headerOf(cell: HTMLTableCellElement): HTMLTableCellElement | undefined {
  return cell.closest("table")?.tHead?.rows[0]?.cells[cell.cellIndex];
}

function focusCell(cell: HTMLTableCellElement | undefined): void {
  if (!cell) return;
  cell.closest("table")?.querySelectorAll<HTMLElement>('td[tabindex="0"]').forEach((other) => (other.tabIndex = -1));
  cell.tabIndex = 0;
  cell.focus({ preventScroll: true });
  cell.scrollIntoView({ block: "nearest", inline: "nearest" });
}

export function cellAt(row: number, column: number): HTMLTableCellElement | undefined {
  return grid()?.tBodies[0]?.rows[row]?.cells[column];
}

export function move(from: HTMLTableCellElement, rows: number, columns: number): void {
  const line = from.parentElement as HTMLTableRowElement;
  focusCell(cellAt(line.sectionRowIndex + rows, from.cellIndex + columns));
}

function current(): HTMLTableCellElement | undefined {
  const active = document.activeElement?.closest<HTMLTableCellElement>("table[data-grid] td");
  return active ?? grid()?.querySelector<HTMLTableCellElement>('td[tabindex="0"]') ?? undefined;
}

const MOVES: Record<string, [number, number]> = {
  j: [1, 0], ArrowDown: [1, 0], k: [-1, 0], ArrowUp: [-1, 0],
  h: [0, -1], ArrowLeft: [0, -1], l: [0, 1], ArrowRight: [0, 1],
};

document.addEventListener("keydown", (event) => {
  const table = grid();
  if (!table || isTyping(event) || (event.target as Element).closest(".editor") || event.ctrlKey || event.metaKey || event.altKey) return;
  const inTable = (event.target as Element).closest("table[data-grid] tbody");
  const comesIn = (event.key === "j" || event.key === "k") && !inTable;
  if (!inTable && !comesIn && event.key !== "Escape") return;
  const cell = current();
  const row = cell?.closest("tr");
  const step = MOVES[event.key];
  if (step && cell) {
    event.preventDefault();
    if (inTable) move(cell, ...step);
    else focusCell(cell);
  } else if (event.key === "Enter" && row && inTable && !(event.target as Element).matches("a, input")) {
    location.assign(row.dataset["href"] ?? "");
  } else if ((event.key === "e" || event.key === "F2") && cell) {
    event.preventDefault();
    event.stopImmediatePropagation();
    void edit(cell);
  } else if (/^\d$/.test(event.key) && inTable && cell?.dataset["v"] !== undefined && headerOf(cell)?.dataset["kind"] === "number") {
    // A digit that is typed on a number replaces it, as in a spreadsheet: the editor gets the key.
    event.stopImmediatePropagation();
    void edit(cell);
  } else if (event.key === "x" && row) {
    pick(row, !isPicked(row));
    table.dispatchEvent(new Event("change", { bubbles: true }));
  } else if (event.key === "Home" || event.key === "End") {
    event.preventDefault();
    focusCell(row?.cells[event.key === "Home" ? 1 : row.cells.length - 1]);
  } else if (event.key === "Escape") {
    table.querySelectorAll("tr").forEach((line) => pick(line, false));
    table.dispatchEvent(new Event("change", { bubbles: true }));
  }
}, true);

const box = (row: HTMLTableRowElement): HTMLInputElement | null => row.querySelector<HTMLInputElement>(".pick input");
const isPicked = (row: HTMLTableRowElement): boolean => box(row)?.checked ?? false;

function pick(row: HTMLTableRowElement, on: boolean): void {
  const input = box(row);
  if (input) input.checked = on;
}

// Shift and a click select everything in between.
let last: HTMLTableRowElement | null = null;
document.addEventListener("click", (event) => {
  const target = event.target as Element;
  const input = target.closest<HTMLInputElement>("tbody .pick input");
  if (input) {
    const row = input.closest("tr");
    if (event.shiftKey && last?.isConnected && row) {
      const [from, to] = [last.sectionRowIndex, row.sectionRowIndex].sort((a, b) => a - b);
      for (let at = from ?? 0; at <= (to ?? 0); at++) {
        const between = grid()?.tBodies[0]?.rows[at];
        if (between) pick(between, input.checked);
      }
    }
    last = row;
    return;
  }
  const cell = target.closest<HTMLTableCellElement>("table[data-grid] tbody td");
  if (cell && !target.closest("a")) focusCell(cell);
});

document.addEventListener("dblclick", (event) => {
  const cell = (event.target as Element).closest<HTMLTableCellElement>("table[data-grid] td[data-v]");
  if (cell) void edit(cell);
});

document.addEventListener("change", (event) => {
  const target = event.target as HTMLInputElement;
  if (target.matches("[data-pick-all]")) {
    for (const row of grid()?.tBodies[0]?.rows ?? []) pick(row, target.checked);
  }
  if (target.closest("table[data-grid]")) tell();
});

document.addEventListener("reset", (event) => {
  if ((event.target as Element).id !== "bulk") return;
  for (const row of grid()?.rows ?? []) pick(row, false);
  tell();
});

/** Exact sums: decimals are added as whole numbers of their smallest unit. */
export function sum(texts: string[]): { total: bigint; scale: number } | undefined {
  let scale = 0;
  for (const text of texts) {
    if (!/^-?\d+(\.\d+)?$/.test(text)) return undefined;
    scale = Math.max(scale, text.split(".")[1]?.length ?? 0);
  }
  let total = 0n;
  for (const text of texts) {
    const [whole = "0", fraction = ""] = text.split(".");
    total += BigInt(whole + fraction.padEnd(scale, "0"));
  }
  return { total, scale };
}

export function plain(total: bigint, scale: number): string {
  const digits = (total < 0n ? -total : total).toString().padStart(scale + 1, "0");
  const cut = digits.length - scale;
  const number = scale ? `${digits.slice(0, cut)}.${digits.slice(cut)}` : digits;
  return total < 0n ? `-${number}` : number;
}

/** Without the zeros at the end that go beyond the digits of the values. */
function trimmed(number: string, scale: number): string {
  const point = number.indexOf(".");
  const least = scale > 0 ? point + 1 + scale : point;
  const digits = number.replace(/0+$/, "");
  return digits.length > least ? digits.replace(/\.$/, "") : number.slice(0, least);
}

/** A whole number divided by another above zero, rounded; halves go away from zero. */
function divided(total: bigint, count: bigint): bigint {
  const half = total < 0n ? -count : count;
  return (2n * total + half) / (2n * count);
}

export function local(number: string): string {
  const [whole = "", fraction] = number.replace("-", "").split(".");
  const [thousand, point] = language === "de" ? [".", ","] : [",", "."];
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, thousand ?? "");
  return (number.startsWith("-") ? "−" : "") + grouped + (fraction ? `${point}${fraction}` : "");
}

/** Says how many rows are selected and what their numbers add up to. */
function tell(): void {
  const table = grid();
  const rows = [...(table?.tBodies[0]?.rows ?? [])].filter(isPicked);
  const all = document.querySelector<HTMLInputElement>("[data-pick-all]");
  if (all) {
    all.checked = rows.length > 0 && rows.length === table?.tBodies[0]?.rows.length;
    all.indeterminate = rows.length > 0 && !all.checked;
  }
  const said = document.querySelector("[data-selection]");
  if (said) said.textContent = `${rows.length} ${word("selected")}`;
  const sums: string[] = [];
  for (const header of table?.tHead?.rows[0]?.cells ?? []) {
    if (!("sum" in header.dataset)) continue;
    const name = header.querySelector(".sort")?.textContent?.trim() ?? "";
    // Amounts of different currencies are not added up.
    const byCurrency = new Map<string, string[]>();
    for (const { dataset } of rows.flatMap((row) => row.cells[header.cellIndex] ?? [])) {
      if (dataset["n"] === undefined) continue;
      const currency = dataset["currency"] ?? header.dataset["currency"] ?? "";
      byCurrency.set(currency, [...(byCurrency.get(currency) ?? []), dataset["n"]]);
    }
    for (const [currency, numbers] of byCurrency) {
      const added = sum(numbers);
      if (!added) continue;
      // The mean of numbers gets two more digits than they have, that of amounts none.
      const more = currency ? 0 : 2;
      const mean = divided(added.total * 10n ** BigInt(more), BigInt(numbers.length));
      const unit = currency && `\u00a0${currency}`;
      sums.push(`${name}: ${local(plain(added.total, added.scale))}${unit} (⌀ ${local(trimmed(plain(mean, added.scale + more), added.scale))}${unit})`);
    }
  }
  const place = document.querySelector("[data-sums]");
  if (place) {
    place.textContent = sums.slice(0, 3).join(" · ");
    place.setAttribute("title", `${word("sum")} (⌀ ${word("average")})`);
  }
}

onContent((root) => {
  each<HTMLTableElement>(root, "table[data-grid]", (table) => {
    table.classList.add("script");
    table.setAttribute("role", "grid");
    for (const row of table.tBodies[0]?.rows ?? []) for (const cell of row.cells) cell.tabIndex = -1;
    const first = table.tBodies[0]?.rows[0]?.cells[1];
    if (first) first.tabIndex = 0;
    last = null;
  });
});
