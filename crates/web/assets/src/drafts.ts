// What was typed into a form survives leaving the page and a crash of the browser, until it is
// saved or dropped. It stays in this browser only.
import { each, onContent } from "./content";
import { toast } from "./toast";
import { word } from "./words";

type Draft = [string, string][];
const PREFIX = "draft:";

function inputs(form: HTMLFormElement): (HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement)[] {
  return [...form.elements].filter(
    (element): element is HTMLInputElement => "name" in element && /^(v|null|default|set)\./.test((element as HTMLInputElement).name),
  );
}

const valueOf = (input: HTMLElement): string => {
  const field = input as HTMLInputElement;
  return field.type === "checkbox" ? String(field.checked) : field.value;
};

function put(input: HTMLElement, value: string): void {
  const field = input as HTMLInputElement;
  if (field.type === "checkbox") field.checked = value === "true";
  else field.value = value;
}

function mark(input: HTMLElement, first: Map<string, string>): void {
  const line = input.closest<HTMLElement>(".line");
  const name = (input as HTMLInputElement).name;
  line?.toggleAttribute("data-dirty", valueOf(input) !== first.get(name));
}

function keep(form: HTMLFormElement): void {
  const key = PREFIX + (form.dataset["draft"] ?? "");
  const first = new Map(inputs(form).map((input) => [input.name, valueOf(input)]));
  // A form that came back with errors or a conflict holds what was typed already.
  const stored = form.querySelector("[aria-invalid]") ? null : localStorage.getItem(key);
  const draft = JSON.parse(stored ?? "[]") as Draft;
  let restored = false;
  for (const [name, value] of draft) {
    const input = inputs(form).find((input) => input.name === name);
    if (!input || valueOf(input) === value) continue;
    put(input, value);
    mark(input, first);
    restored = true;
  }
  if (restored) {
    const act = (): void => {
      localStorage.removeItem(key);
      for (const input of inputs(form)) {
        put(input, first.get(input.name) ?? "");
        mark(input, first);
      }
    };
    toast(word("draft"), { stays: true, action: { label: word("draftDrop"), act } });
  }
  form.addEventListener("input", (event) => {
    mark(event.target as HTMLElement, first);
    const changed = inputs(form).filter((input) => valueOf(input) !== first.get(input.name));
    if (changed.length > 0) localStorage.setItem(key, JSON.stringify(changed.map((input) => [input.name, valueOf(input)])));
    else localStorage.removeItem(key);
  });
  form.addEventListener("submit", () => localStorage.removeItem(key));
  form.querySelector("[data-drop-draft]")?.addEventListener("click", () => localStorage.removeItem(key));
}

onContent((root) => each<HTMLFormElement>(root, "form[data-draft]", keep));

// Typing says that there is a value; choosing “no value” takes it away. Runs before the draft is
// kept, so that it keeps both.
document.addEventListener("input", (event) => {
  const input = event.target as HTMLInputElement;
  if (input.dataset["nullOf"]) {
    const other = document.getElementById(input.dataset["nullOf"]) as HTMLInputElement | null;
    if (input.checked && other) other.value = "";
  } else if (input.id && input.value !== "") {
    document.querySelectorAll<HTMLInputElement>(`[data-null-of="${CSS.escape(input.id)}"]`).forEach((check) => (check.checked = false));
  }
  // Whoever types into a line of a bulk change wants it changed.
  const tick = input.closest(".bulk-line")?.querySelector<HTMLInputElement>(":scope > input");
  if (tick && input !== tick) tick.checked = true;
}, true);
