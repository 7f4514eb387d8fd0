// A reference is chosen by searching the records that it may point to.
import { each, onContent } from "./content";
import { make } from "./words";

function attach(box: HTMLElement): void {
  const input = box.querySelector<HTMLInputElement>("input");
  const title = box.querySelector("output");
  if (!input) return;
  const list = make("div", { class: "panel", role: "listbox", id: `${input.id}-found`, hidden: "" });
  list.setAttribute("aria-label", input.placeholder);
  box.append(list);
  for (const [name, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id })) {
    input.setAttribute(name, value);
  }
  let timer = 0;
  let asking: AbortController | undefined;
  const close = (): void => {
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
  };
  const hits = (): HTMLElement[] => [...list.querySelectorAll<HTMLElement>(".hit")];
  const choose = (at: number): void =>
    hits().forEach((hit, i) => {
      hit.setAttribute("aria-selected", String(i === at));
      if (i === at) input.setAttribute("aria-activedescendant", hit.id);
    });
  const take = (hit: HTMLElement): void => {
    input.value = hit.dataset["reference"] ?? input.value;
    if (title) title.textContent = hit.querySelector(".title")?.textContent ?? "";
    close();
    input.dispatchEvent(new Event("input", { bubbles: true }));
    window.clearTimeout(timer);
  };
  const ask = async (): Promise<void> => {
    asking?.abort();
    asking = new AbortController();
    const url = `${box.dataset["picker"] ?? ""}&q=${encodeURIComponent(input.value)}`;
    const response = await fetch(url, { signal: asking.signal, headers: { "HX-Request": "true", accept: "text/html" } }).catch(() => undefined);
    if (!response?.ok) return;
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    list.replaceChildren(...page.querySelectorAll(".hit[data-reference]"));
    hits().forEach((hit, i) => {
      hit.id = `${list.id}-${i}`;
      hit.setAttribute("role", "option");
      hit.tabIndex = -1;
    });
    list.hidden = hits().length === 0;
    input.setAttribute("aria-expanded", String(!list.hidden));
    choose(0);
  };
  input.addEventListener("input", (event) => {
    if (!event.isTrusted) return;
    if (title) title.textContent = "";
    window.clearTimeout(timer);
    timer = window.setTimeout(() => void ask(), 150);
  });
  input.addEventListener("keydown", (event) => {
    if (list.hidden) {
      if (event.key === "ArrowDown") void ask();
      return;
    }
    const at = hits().findIndex((hit) => hit.getAttribute("aria-selected") === "true");
    const chosen = hits()[at];
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      choose((at + (event.key === "ArrowDown" ? 1 : hits().length - 1)) % hits().length);
    } else if (event.key === "Enter" && chosen) take(chosen);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  list.addEventListener("pointerdown", (event) => {
    const hit = (event.target as Element).closest<HTMLElement>(".hit");
    event.preventDefault();
    if (hit) take(hit);
  });
  list.addEventListener("click", (event) => event.preventDefault());
  input.addEventListener("blur", close);
}

onContent((root) => each(root, "[data-picker]", attach));
