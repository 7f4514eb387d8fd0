// The editor of a cell: it stays with what was typed until that is written. What is wrong stands
// right there, and Escape gives back what the cell held.
import { onContent } from "./content";
import { again, send, spotOf, textOf, type Spot } from "./edit";
import { headerOf, move } from "./grid";
import { toast } from "./toast";
import { make, word } from "./words";

type Input = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;

/** What was refused already: the text as it was typed, and why. */
interface Refused {
  typed: string | null;
  message: string;
}

interface Editor {
  /** Ends when what was typed is written or refused. */
  sending: Promise<void> | undefined;
  /** Goes back to what is typed. */
  back: () => void;
  /** Stands over its cell again. */
  follow: () => void;
}

/** At most one editor is open. */
let present: Editor | undefined;

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

/** Opens the editor of a cell, once the one that is open is done; where that cannot be, it stays. */
export async function edit(cell: HTMLTableCellElement, refused?: Refused): Promise<void> {
  await present?.sending;
  if (present) {
    present.back();
    return;
  }
  const header = headerOf(cell);
  if (cell.dataset["v"] === undefined || !header) {
    if (cell.cellIndex > 0) toast(word("readOnly"));
    return;
  }
  open(spotOf(cell, header), header, refused);
}

function open(spot: Spot, header: HTMLTableCellElement, refused?: Refused): void {
  const { cell } = spot;
  const before = textOf(cell);
  const input = inputFor(header, refused ? refused.typed : before);
  // A picker writes what it was given in its own way.
  const start = input.value;
  const currency = header.dataset["kind"] === "number" ? (cell.dataset["currency"] ?? header.dataset["currency"]) : undefined;
  const box = make("div", { class: "editor" }, currency ? make("span", { class: "amount" }, input, make("span", { class: "unit" }, currency)) : input);
  let none = (refused ? refused.typed : before) === null;
  if ("nullable" in header.dataset) box.append(nullSwitch(input, none, (now) => (none = now)));
  // Inside the page’s main part, where those who hear the page expect it.
  (cell.closest("main") ?? document.body).append(box);

  const typed = (): string | null => (none ? null : input.value);
  const here = (): HTMLTableCellElement | undefined => again(spot);
  let wrong: Refused | undefined;

  const close = (): void => {
    present = undefined;
    box.remove();
    here()?.focus({ preventScroll: true });
  };
  const refuse = (message: string): void => {
    wrong = { typed: typed(), message };
    box.dataset["unsaved"] = "";
    input.setAttribute("aria-invalid", "true");
    input.setAttribute("aria-describedby", "editor-error");
    box.querySelector(".editor-error")?.remove();
    box.append(complaint(message, () => void commit(stay), close));
    present?.follow();
    // Whoever types somewhere else meanwhile goes on there: that it was refused is read out.
    if (!document.activeElement?.closest("input, textarea, select, dialog")) input.focus();
  };
  const commit = async (then: () => void): Promise<void> => {
    const editor = present;
    if (!editor || editor.sending) return;
    const after = typed();
    if (after === before || (after === start && before !== null && !refused)) {
      close();
      then();
      return;
    }
    box.setAttribute("aria-busy", "true");
    const answer = send(spot, after);
    editor.sending = answer.then(() => undefined);
    const { problem } = await answer;
    editor.sending = undefined;
    box.removeAttribute("aria-busy");
    if (problem !== undefined) {
      refuse(problem);
      return;
    }
    const had = box.contains(document.activeElement) || document.activeElement === document.body;
    present = undefined;
    box.remove();
    // Who has gone elsewhere meanwhile stays there.
    if (had) {
      here()?.focus({ preventScroll: true });
      then();
    }
  };
  const stay = (): void => undefined;
  const follow = (): void => {
    const now = here();
    if (now) place(box, now.getBoundingClientRect());
  };
  const back = (): void => {
    here()?.scrollIntoView({ block: "nearest", inline: "nearest" });
    follow();
    input.focus();
  };
  present = { sending: undefined, back, follow };
  follow();
  input.focus();
  if ("select" in input) input.select();
  if (refused) refuse(refused.message);

  input.addEventListener("input", () => {
    none = false;
    input.removeAttribute("aria-invalid");
    const check = box.querySelector<HTMLInputElement>("input[type=checkbox]");
    if (check) check.checked = false;
  });
  box.addEventListener("keydown", (event) => {
    event.stopPropagation();
    const { key } = event;
    const isButton = (event.target as Element).matches("button");
    if (present?.sending) event.preventDefault();
    else if (key === "Escape") {
      event.preventDefault();
      close();
    } else if (key === "Enter" && !isButton && !(event.shiftKey && input instanceof HTMLTextAreaElement)) {
      event.preventDefault();
      const now = here();
      void commit(() => now && move(again(spot) ?? now, 1, 0));
    } else if (key === "Tab" && !wrong) {
      event.preventDefault();
      const now = here();
      void commit(() => now && move(again(spot) ?? now, 0, event.shiftKey ? -1 : 1));
    }
  });
  box.addEventListener("focusout", (event) => {
    const isElsewhere = !box.contains(event.relatedTarget as Node | null);
    // What was refused is not sent again as it is, only because somebody looks elsewhere.
    if (box.isConnected && isElsewhere && !(wrong && wrong.typed === typed())) void commit(stay);
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

/** What is wrong, and the two ways on. */
function complaint(message: string, retry: () => void, discard: () => void): HTMLElement {
  const button = (label: string, keys: string, act: () => void): HTMLElement => {
    const made = make("button", { class: "button small", type: "button" }, label, make("kbd", {}, keys));
    made.addEventListener("click", act);
    return made;
  };
  const ways = make("div", { class: "editor-ways" }, button(word("retry"), "↵", retry), button(word("cellDiscard"), "Esc", discard));
  return make("div", { class: "editor-error" }, make("p", { id: "editor-error", role: "alert" }, message), ways);
}

/** Styles set by script are no inline styles for the content security policy. */
function place(box: HTMLElement, area: DOMRect): void {
  const width = Math.max(area.width, 140);
  box.style.minWidth = `${width}px`;
  box.style.left = `${Math.max(4, Math.min(area.left, innerWidth - Math.max(width, box.offsetWidth) - 8))}px`;
  box.style.top = `${Math.max(4, Math.min(area.top, innerHeight - Math.max(box.offsetHeight, 60) - 8))}px`;
}

window.addEventListener("scroll", () => present?.follow(), { capture: true, passive: true });
window.addEventListener("resize", () => present?.follow());
onContent(() => present?.follow());
