// Widths of columns are dragged and remembered in this browser; pinned columns stand one after
// the other; lines of the chooser move.
import { each, onContent } from "./content";

type Widths = Record<string, number>;

const keyOf = (table: HTMLElement): string => `widths:${table.closest<HTMLElement>("[data-place]")?.dataset["place"] ?? ""}`;

function read(table: HTMLElement): Widths {
  try {
    return JSON.parse(localStorage.getItem(keyOf(table)) ?? "{}") as Widths;
  } catch {
    return {};
  }
}

/** Gives all rows the widths and places that were chosen for their columns. */
export function fit(table: HTMLTableElement): void {
  const widths = read(table);
  for (const header of table.tHead?.rows[0]?.cells ?? []) {
    const width = widths[header.dataset["f"] ?? ""];
    if (width) setWidth(table, header.cellIndex, width);
  }
  pin(table);
}

function setWidth(table: HTMLTableElement, column: number, width: number): void {
  for (const row of table.rows) {
    const cell = row.cells[column];
    if (!cell) continue;
    cell.style.width = cell.style.minWidth = cell.style.maxWidth = `${width}px`;
  }
}

function pin(table: HTMLTableElement): void {
  let left = 0;
  for (const header of table.tHead?.rows[0]?.cells ?? []) {
    const sticks = header.matches(".pick, .first, .pinned");
    if (!sticks) continue;
    for (const row of table.rows) row.cells[header.cellIndex]?.style.setProperty("--left", `${left}px`);
    left += header.offsetWidth;
  }
  // A cell that gets the focus must not hide behind what stays in sight.
  const wrap = table.parentElement;
  if (wrap) wrap.style.scrollPadding = `34px 12px 12px ${left + 4}px`;
}

document.addEventListener("pointerdown", (event) => {
  const handle = (event.target as Element).closest<HTMLElement>("[data-resize]");
  const header = handle?.closest<HTMLTableCellElement>("th");
  const table = handle?.closest("table");
  if (!handle || !header || !table) return;
  event.preventDefault();
  handle.setPointerCapture(event.pointerId);
  const start = event.clientX - header.offsetWidth;
  let width = header.offsetWidth;
  const drag = (step: PointerEvent): void => {
    width = Math.max(48, Math.min(900, step.clientX - start));
    setWidth(table, header.cellIndex, width);
  };
  handle.addEventListener("pointermove", drag);
  handle.addEventListener("pointerup", () => {
    handle.removeEventListener("pointermove", drag);
    localStorage.setItem(keyOf(table), JSON.stringify({ ...read(table), [header.dataset["f"] ?? ""]: width }));
    pin(table);
  }, { once: true });
});

function number(list: Element): void {
  list.querySelectorAll<HTMLInputElement>(".place-number").forEach((input, at) => (input.value = String(at + 1)));
}

document.addEventListener("click", (event) => {
  const button = (event.target as Element).closest<HTMLElement>("[data-move]");
  const line = button?.closest("li");
  const list = line?.parentElement;
  if (!button || !line || !list) return;
  if (button.dataset["move"] === "-1") line.previousElementSibling?.before(line);
  else line.nextElementSibling?.after(line);
  number(list);
  button.focus();
});

onContent((root) => each<HTMLTableElement>(root, "table[data-grid]", fit));
