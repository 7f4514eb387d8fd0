// Inline edit: an editor over the cell, saved with what was seen, so that nobody's work is lost.
import { patch, undo, type Clash } from "./api";
import { fit } from "./columns";
import { ask } from "./dialog";
import { headerOf, move } from "./grid";
import { swap } from "./swap";
import { toast } from "./toast";
import { make, word } from "./words";

type Input = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;

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

function inputFor(header: HTMLTableCellElement, value: string | null): Input {
  const kind = header.dataset["kind"] ?? "text";
  const label = header.querySelector(".sort")?.textContent?.trim() ?? "";
  if (kind === "bool" || kind === "choice") {
    const choices: [string, string][] =
      kind === "bool"
        ? [["true", word("yes")], ["false", word("no")]]
        : (JSON.parse(header.dataset["choices"] ?? "[]") as string[]).map((choice) => [choice, choice]);
    const select = make("select", { "aria-label": label });
    if (value !== null && !choices.some(([code]) => code === value)) choices.unshift([value, value]);
    for (const [code, name] of choices) select.append(make("option", { value: code }, name));
    if (value === null) select.prepend(make("option", { value: "", disabled: "" }, word("null")));
    select.value = value ?? "";
    return select;
  }
  if (kind === "lines") {
    const area = make("textarea", { "aria-label": label, rows: "3" });
    area.value = value ?? "";
    return area;
  }
  const input = make("input", { "aria-label": label, autocomplete: "off", type: pickerOf(kind, value) });
  if (input.type === "datetime-local") input.step = value?.includes(".") ? "0.001" : "1";
  if (kind === "number") {
    input.inputMode = "decimal";
    input.classList.add("right");
  }
  input.value = value ?? "";
  return input;
}

/** A picker where it can hold the value. */
function pickerOf(kind: string, value: string | null): string {
  if (kind === "date" && (value === null || /^\d{4}-\d\d-\d\d$/.test(value))) return "date";
  if (kind === "moment" && (value === null || /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?$/.test(value))) return "datetime-local";
  return "text";
}

/** Opens the editor of a cell. */
export function edit(cell: HTMLTableCellElement): void {
  const header = headerOf(cell);
  if (cell.dataset["v"] === undefined || !header) {
    if (cell.cellIndex > 0) toast(word("readOnly"));
    return;
  }
  document.querySelector(".editor")?.remove();
  const before = textOf(cell);
  const input = inputFor(header, before);
  // A picker writes what it was given in its own way.
  const start = input.value;
  const currency = header.dataset["kind"] === "number" ? (cell.dataset["currency"] ?? header.dataset["currency"]) : undefined;
  const box = make("div", { class: "editor" }, currency ? make("span", { class: "amount" }, input, make("span", { class: "unit" }, currency)) : input);
  let none = before === null;
  if ("nullable" in header.dataset) box.append(nullSwitch(input, none, (now) => (none = now)));
  const area = cell.getBoundingClientRect();
  place(box, area);
  // Inside the page’s main part, where those who hear the page expect it.
  (cell.closest("main") ?? document.body).append(box);
  input.focus();
  if ("select" in input) input.select();
  let open = true;
  const close = (): void => {
    open = false;
    box.remove();
    cell.focus({ preventScroll: true });
  };
  const commit = async (then: () => void): Promise<void> => {
    if (!open) return;
    const after = none ? null : input.value;
    const isSame = after === before || (after === start && before !== null);
    close();
    then();
    if (!isSame) await save(cell, header, after);
  };
  input.addEventListener("input", () => {
    none = false;
    const check = box.querySelector<HTMLInputElement>("input[type=checkbox]");
    if (check) check.checked = false;
  });
  box.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.key === "Escape") {
      event.preventDefault();
      close();
    } else if (event.key === "Enter" && !(event.shiftKey && input instanceof HTMLTextAreaElement)) {
      event.preventDefault();
      void commit(() => move(cell, 1, 0));
    } else if (event.key === "Tab") {
      event.preventDefault();
      void commit(() => move(cell, 0, event.shiftKey ? -1 : 1));
    }
  });
  box.addEventListener("focusout", (event) => {
    if (!box.contains(event.relatedTarget as Node | null)) void commit(() => undefined);
  });
}

function nullSwitch(input: Input, none: boolean, set: (none: boolean) => void): HTMLElement {
  const check = make("input", { type: "checkbox" });
  check.checked = none;
  check.addEventListener("change", () => {
    set(check.checked);
    if (check.checked) input.value = "";
    input.focus();
  });
  return make("div", { class: "editor-foot" }, make("label", { class: "check" }, check, word("null")));
}

/** Styles set by script are no inline styles for the content security policy. */
function place(box: HTMLElement, area: DOMRect): void {
  const width = Math.max(area.width, 140);
  box.style.left = `${Math.max(4, Math.min(area.left, innerWidth - width - 8))}px`;
  box.style.top = `${Math.min(area.top, innerHeight - 110)}px`;
  box.style.minWidth = `${width}px`;
}

/** Writes a cell; the marks say how it goes. */
export async function save(cell: HTMLTableCellElement, header: HTMLTableCellElement, after: string | null, quiet = false): Promise<string | undefined> {
  const field = header.dataset["f"] ?? "";
  const expected = cell.dataset["v"] ?? "";
  cell.classList.remove("wrong");
  cell.classList.add("dirty", "saving");
  cell.removeAttribute("title");
  const answer = await patch(addressOf(cell), { [field]: after }, { [field]: expected });
  cell.classList.remove("saving");
  if (answer.kind === "written") {
    const { operation, shown, tagged, typed, numbers } = answer.written;
    cell.classList.remove("dirty");
    // Nothing was changed where the record held the value already.
    if (!operation) return undefined;
    lastOperation = operation;
    if (tagged?.[field] !== undefined && shown?.[field] !== undefined) {
      cell.innerHTML = shown[field];
      cell.dataset["v"] = tagged[field];
      put(cell, "e", typed?.[field]);
      if ("sum" in header.dataset) put(cell, "n", numbers?.[field]);
      flash(cell);
    } else {
      await refreshRow(cell);
    }
    if (!quiet) toast(word("saved"), { action: { label: word("undo"), act: () => void takeBack(operation) } });
    return operation;
  }
  if (answer.kind === "conflict") {
    await settle(cell, header, after, answer.clashes);
    return undefined;
  }
  cell.classList.add("wrong");
  cell.title = answer.message;
  toast(answer.message, { bad: true });
  return undefined;
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
async function settle(cell: HTMLTableCellElement, header: HTMLTableCellElement, mine: string | null, clashes: Clash[]): Promise<void> {
  const clash = clashes[0];
  if (!clash) return;
  const version = (label: string, value: unknown): HTMLElement =>
    make("div", { class: "version" }, make("span", { class: "word" }, label), make("span", {}, shownValue(value)));
  const versions = make("div", { class: "versions" }, version(word("mine"), clash.shown ? clash.shown.mine : mine), version(word("theirs"), clash.shown ? clash.shown.theirs : clash.theirs), version(word("before"), clash.shown ? clash.shown.before : clash.before));
  const choice = await ask(word("conflict"), [make("p", {}, word("conflictText")), versions], [
    { value: "mine", label: word("keepMine"), primary: true },
    { value: "theirs", label: word("keepTheirs") },
  ]);
  await refreshRow(cell);
  const key = cell.closest("tr")?.dataset["key"] ?? "";
  const line = document.querySelector<HTMLTableRowElement>(`tr[data-key="${CSS.escape(key)}"]`);
  const now = line?.cells[cell.cellIndex];
  if (choice === "mine" && now) await save(now, header, mine);
  else if (!now?.isConnected) void swap(location.href, "#list", { push: false });
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
