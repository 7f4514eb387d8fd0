// Writing a cell with what was seen, so that nobody's work is lost, and taking it back.
import { patch, undo, type Clash } from "./api";
import { fit } from "./columns";
import { ask } from "./dialog";
import { headerOf } from "./grid";
import { swap } from "./swap";
import { toast } from "./toast";
import { make, word } from "./words";

let lastOperation: string | undefined;

/** What stands in the cell, as one types it; `null` where there is no value. */
export function textOf(cell: HTMLTableCellElement): string | null {
  const tagged = cell.dataset["v"] ?? "n";
  if (tagged === "n") return null;
  if (cell.dataset["e"] !== undefined) return cell.dataset["e"];
  if (tagged[0] === "b") return tagged === "b1" ? "true" : "false";
  // Floats are tagged by their bits; the number stands in data-n.
  if (tagged[0] === "f" || tagged[0] === "r") return cell.dataset["n"] ?? "";
  return tagged.slice(1);
}

function addressOf(cell: HTMLTableCellElement): string {
  const api = cell.closest<HTMLElement>("[data-api]")?.dataset["api"] ?? "";
  return `${api}/${cell.closest("tr")?.dataset["key"] ?? ""}`;
}

/** A cell as it was when its editing began; its row may be drawn anew meanwhile. */
export interface Spot {
  cell: HTMLTableCellElement;
  address: string;
  key: string;
  field: string;
  /** The tagged value that was seen. */
  expected: string;
}

export function spotOf(cell: HTMLTableCellElement, header: HTMLTableCellElement): Spot {
  return {
    cell,
    address: addressOf(cell),
    key: cell.closest("tr")?.dataset["key"] ?? "",
    field: header.dataset["f"] ?? "",
    expected: cell.dataset["v"] ?? "",
  };
}

/** The cell as it stands in the list now; none where the list has lost it. */
export function again(spot: Spot): HTMLTableCellElement | undefined {
  if (spot.cell.isConnected) return spot.cell;
  const row = document.querySelector<HTMLTableRowElement>(`tr[data-key="${CSS.escape(spot.key)}"]`);
  return [...(row?.cells ?? [])].find((cell) => headerOf(cell)?.dataset["f"] === spot.field);
}

/** What became of what was typed: an operation where something was written, a problem where not. */
export interface Sent {
  operation?: string;
  problem?: string;
}

/** Writes a cell; the marks say how it goes. Somebody else’s value is never written over unseen. */
export async function send(spot: Spot, after: string | null, quiet = false): Promise<Sent> {
  const { field } = spot;
  again(spot)?.classList.add("dirty", "saving");
  const answer = await patch(spot.address, { [field]: after }, { [field]: spot.expected });
  const cell = again(spot);
  cell?.classList.remove("dirty", "saving");
  if (answer.kind === "refused") return { problem: answer.message };
  if (answer.kind === "conflict") return settle(spot, after, answer.clashes, quiet);
  const { operation, shown, tagged, typed, numbers } = answer.written;
  if (operation) lastOperation = operation;
  if (cell && tagged?.[field] !== undefined && shown?.[field] !== undefined) {
    cell.innerHTML = shown[field];
    cell.dataset["v"] = tagged[field];
    put(cell, "e", typed?.[field]);
    const header = headerOf(cell);
    if (header && "sum" in header.dataset) put(cell, "n", numbers?.[field]);
    flash(cell);
  } else if (cell) {
    await refreshRow(cell);
  }
  // Nothing was changed where the record held the value already.
  if (!operation) return {};
  if (!quiet) toast(word("saved"), { action: { label: word("undo"), act: () => void takeBack(operation) } });
  return { operation };
}

function put(cell: HTMLElement, name: string, value: string | undefined): void {
  if (value === undefined) delete cell.dataset[name];
  else cell.dataset[name] = value;
}

function flash(cell: HTMLElement): void {
  cell.classList.add("fresh");
  cell.addEventListener("animationend", () => cell.classList.remove("fresh"), { once: true });
}

/** Reads the row again, as the server shows it; the row stays even where the filter lost it. */
async function refreshRow(cell: HTMLTableCellElement): Promise<void> {
  const row = cell.closest("tr");
  if (!row) return;
  const { cellIndex } = cell;
  const response = await fetch(location.href, { headers: { "HX-Request": "true", "HX-Target": "list", accept: "text/html" } }).catch(() => undefined);
  const page = response && new DOMParser().parseFromString(await response.text(), "text/html");
  const fresh = page?.querySelector<HTMLTableRowElement>(`tr[data-key="${CSS.escape(row.dataset["key"] ?? "")}"]`);
  if (!fresh) return;
  const had = document.activeElement?.closest("tr") === row ? (document.activeElement as HTMLTableCellElement).cellIndex : -1;
  for (const other of fresh.cells) other.tabIndex = -1;
  row.replaceWith(fresh);
  const table = fresh.closest("table");
  if (table) fit(table);
  const now = fresh.cells[cellIndex];
  if (now) flash(now);
  if (had >= 0) fresh.cells[had]?.focus();
}

function shownValue(value: unknown): string {
  if (value === null || value === undefined) return word("null");
  if (value === "") return word("empty");
  if (typeof value === "boolean") return word(value ? "yes" : "no");
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** Mine, theirs, before: the person decides. */
async function settle(spot: Spot, mine: string | null, clashes: Clash[], quiet: boolean): Promise<Sent> {
  const clash = clashes.find((one) => one.field === spot.field) ?? clashes[0];
  if (!clash) return { problem: word("failed") };
  const version = (label: string, value: unknown): HTMLElement =>
    make("div", { class: "version" }, make("span", { class: "word" }, label), make("span", {}, shownValue(value)));
  const versions = make("div", { class: "versions" }, version(word("mine"), clash.shown ? clash.shown.mine : mine), version(word("theirs"), clash.shown ? clash.shown.theirs : clash.theirs), version(word("before"), clash.shown ? clash.shown.before : clash.before));
  const choice = await ask(word("conflict"), [make("p", {}, word("conflictText")), versions], [
    { value: "mine", label: word("keepMine"), primary: true },
    { value: "theirs", label: word("keepTheirs") },
  ]);
  // Mine is written over what was just seen: who is faster once more is seen once more.
  if (choice === "mine") return send(clash.field === spot.field ? { ...spot, expected: clash.expect } : spot, mine, quiet);
  if (choice !== "theirs") return { problem: word("conflictText") };
  const cell = again(spot);
  if (cell) await refreshRow(cell);
  // The list may have lost the row: then the cell says at least what is true now.
  if (cell?.isConnected && clash.field === spot.field) {
    cell.textContent = shownValue(clash.shown ? clash.shown.theirs : clash.theirs);
    cell.dataset["v"] = clash.expect;
    put(cell, "e", undefined);
  }
  return {};
}

/** Takes changes back, the last one first, and shows what is true then. */
export async function takeBack(...operations: string[]): Promise<void> {
  for (const operation of operations.reverse()) {
    const problem = await undo(operation);
    if (problem) {
      toast(problem, { bad: true });
      break;
    }
    if (operation === operations.at(-1)) toast(word("undone"));
  }
  lastOperation = undefined;
  if (document.querySelector("#list")) void swap(location.href, "#list", { push: false });
  else location.reload();
}

document.addEventListener("keydown", (event) => {
  const typing = (event.target as Element).matches("input, textarea, select");
  if ((event.ctrlKey || event.metaKey) && event.key === "z" && !typing && lastOperation) {
    event.preventDefault();
    void takeBack(lastOperation);
  }
});
