// A block of cells from a spreadsheet goes over the grid: shown first, then written cell by cell.
import { ask } from "./dialog";
import { send, spotOf, takeBack, textOf } from "./edit";
import { edit } from "./editor";
import { cellAt, grid, headerOf } from "./grid";
import { toast } from "./toast";
import { make, word } from "./words";

interface Write {
  cell: HTMLTableCellElement;
  header: HTMLTableCellElement;
  before: string | null;
  after: string | null;
}

/** Tab-separated cells; a quoted cell may hold tabs, line breaks and doubled quotes. */
export function cellsOf(text: string): string[][] {
  const rows: string[][] = [[]];
  let cell = "";
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const c = text[at];
    if (quoted) {
      if (c !== '"') cell += c;
      else if (text[at + 1] === '"') cell += text[++at];
      else quoted = false;
    } else if (c === '"' && cell === "") quoted = true;
    else if (c === "\t" || c === "\n") {
      rows.at(-1)?.push(cell);
      cell = "";
      if (c === "\n") rows.push([]);
    } else if (c !== "\r") cell += c;
  }
  rows.at(-1)?.push(cell);
  if (rows.length > 1 && rows.at(-1)?.join("") === "") rows.pop();
  return rows;
}

document.addEventListener("paste", (event) => {
  const start = (event.target as Element).closest<HTMLTableCellElement>("table[data-grid] tbody td");
  if (!start || (event.target as Element).matches("input, textarea") || !grid()) return;
  event.preventDefault();
  void over(start, cellsOf(event.clipboardData?.getData("text/plain") ?? ""));
});

function plan(start: HTMLTableCellElement, block: string[][]): { writes: Write[]; left: number } {
  const row = (start.parentElement as HTMLTableRowElement).sectionRowIndex;
  const writes: Write[] = [];
  let left = 0;
  block.forEach((line, down) =>
    line.forEach((text, right) => {
      const cell = cellAt(row + down, start.cellIndex + right);
      const header = cell && headerOf(cell);
      if (!cell || !header || cell.dataset["v"] === undefined) {
        left += 1;
        return;
      }
      const before = textOf(cell);
      // An empty cell of a spreadsheet is no value where the field knows that.
      const after = text === "" && "nullable" in header.dataset ? null : text;
      if (after !== before) writes.push({ cell, header, before, after });
    }),
  );
  return { writes, left };
}

async function over(start: HTMLTableCellElement, block: string[][]): Promise<void> {
  const { writes, left } = plan(start, block);
  if (writes.length === 0) {
    toast(word("pasteNone"), { bad: left > 0 });
    return;
  }
  const table = make("table", { class: "paste-table" }, make("tr", {}, make("th"), make("th"), make("th", {}, word("old")), make("th", {}, word("new"))));
  for (const { cell, header, before, after } of writes) {
    table.append(
      make(
        "tr",
        {},
        make("td", {}, cell.closest("tr")?.cells[1]?.textContent?.trim() ?? ""),
        make("td", {}, header.querySelector(".sort")?.textContent?.trim() ?? ""),
        make("td", {}, make("del", {}, before ?? word("null"))),
        make("td", {}, make("ins", {}, after ?? word("null"))),
      ),
    );
  }
  const note = left > 0 ? [make("p", { class: "help" }, `${left} × ${word("readOnly")}`)] : [];
  const answer = await ask(word("paste"), [make("p", {}, word("pasteText")), make("div", { class: "paste-scroll" }, table), ...note], [
    { value: "go", label: `${word("pasteGo")} (${writes.length})`, primary: true },
    { value: "", label: word("cancel") },
  ]);
  if (answer === "go") await write(writes);
}

/** One after the other; the first that is refused stays open with what was pasted, and nothing after it is written. */
async function write(writes: Write[]): Promise<void> {
  const operations: string[] = [];
  for (const { cell, header, after } of writes) {
    const here = cell.isConnected ? cell : again(cell);
    if (!here) break;
    const { operation, problem } = await send(spotOf(here, header), after, true);
    if (problem !== undefined) {
      void edit(again(here) ?? here, { typed: after, message: problem });
      break;
    }
    if (operation) operations.push(operation);
  }
  if (operations.length > 0) {
    const act = (): void => void takeBack(...operations);
    toast(`${operations.length} / ${writes.length} ${word("pasted")}`, { action: { label: word("undo"), act } });
  }
}

/** The same cell after its row was drawn anew. */
function again(cell: HTMLTableCellElement): HTMLTableCellElement | undefined {
  const key = cell.closest("tr")?.dataset["key"] ?? "";
  return document.querySelector<HTMLTableRowElement>(`tr[data-key="${CSS.escape(key)}"]`)?.cells[cell.cellIndex];
}
