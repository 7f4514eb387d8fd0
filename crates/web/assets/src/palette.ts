// Ctrl-K: records, views, actions and pages in one place.
import { make, word } from "./words";

let asking: AbortController | undefined;
let timer = 0;

export function openPalette(): void {
  const dialog = document.querySelector<HTMLDialogElement>("#palette");
  if (!dialog) return location.assign("/search");
  if (!dialog.firstElementChild) build(dialog);
  if (!dialog.open) dialog.showModal();
  const input = dialog.querySelector("input");
  input?.select();
  if (!dialog.querySelector(".hit")) void find(input?.value ?? "");
}

function build(dialog: HTMLDialogElement): void {
  const prompt = document.querySelector(".bar .search span")?.textContent ?? "";
  const input = make("input", {
    type: "text", role: "combobox", "aria-expanded": "true", "aria-controls": "found", "aria-autocomplete": "list",
    "aria-label": prompt, placeholder: prompt, autocomplete: "off", spellcheck: "false",
  });
  const found = make("div", { id: "found", class: "found", role: "listbox", "aria-label": word("nothing") });
  found.setAttribute("aria-label", prompt);
  const icon = document.querySelector(".bar .search .icon")?.cloneNode(true);
  dialog.append(make("div", { class: "palette" }, make("div", { class: "ask" }, ...(icon ? [icon] : []), input), found));
  input.addEventListener("input", () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(() => void find(input.value), 90);
  });
  input.addEventListener("keydown", (event) => step(event, found, input));
}

function hits(found: HTMLElement): HTMLElement[] {
  return [...found.querySelectorAll<HTMLElement>("a.hit")];
}

function choose(found: HTMLElement, input: HTMLInputElement, at: number): void {
  const all = hits(found);
  all.forEach((hit, i) => {
    hit.id ||= `hit-${i}`;
    hit.tabIndex = -1;
    hit.setAttribute("role", "option");
    hit.setAttribute("aria-selected", String(i === at));
  });
  const chosen = all[at];
  chosen?.scrollIntoView({ block: "nearest" });
  if (chosen) input.setAttribute("aria-activedescendant", chosen.id);
  else input.removeAttribute("aria-activedescendant");
}

function step(event: KeyboardEvent, found: HTMLElement, input: HTMLInputElement): void {
  const all = hits(found);
  const at = all.findIndex((hit) => hit.getAttribute("aria-selected") === "true");
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    choose(found, input, (at + (event.key === "ArrowDown" ? 1 : all.length - 1)) % Math.max(1, all.length));
  } else if (event.key === "Enter") {
    event.preventDefault();
    // What was just pasted may still be asked for: then its answer opens.
    if (asking) void asking.signal.addEventListener("done", () => hits(found)[0]?.click(), { once: true });
    else (all[at] ?? all[0])?.click();
  }
}

// What can be done with the record on the page, where its words hold what is asked for.
function actions(text: string): Node[] {
  const asked = text.trim().toLowerCase();
  const fits = (link: HTMLElement) => (link.textContent ?? "").toLowerCase().includes(asked);
  const links = [...document.querySelectorAll<HTMLElement>("[data-do]")].filter(fits);
  if (!asked || links.length === 0) return [];
  const heading = document.querySelector(".acts > summary")?.textContent ?? "";
  const hits = links.map((link) => make("a", { class: "hit", href: link.dataset.do ?? "" }, link.textContent?.trim() ?? ""));
  return [make("p", { class: "kind" }, heading.trim()), ...hits];
}

async function find(text: string): Promise<void> {
  const found = document.querySelector<HTMLElement>("#found");
  const input = document.querySelector<HTMLInputElement>("#palette input");
  if (!found || !input) return;
  asking?.abort();
  const controller = new AbortController();
  asking = controller;
  try {
    const response = await fetch(`/search?q=${encodeURIComponent(text)}`, {
      signal: controller.signal,
      headers: { "HX-Request": "true", accept: "text/html" },
    });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const part = page.querySelector("#found") ?? page.body;
    found.replaceChildren(...part.childNodes);
    found.prepend(...actions(text));
    if (!found.querySelector(".hit, .empty")) found.replaceChildren(make("p", { class: "kind" }, word("nothing")));
    choose(found, input, 0);
  } catch (error) {
    if ((error as Error).name !== "AbortError") found.replaceChildren(make("p", { class: "kind" }, word("offline")));
    else return;
  }
  asking = undefined;
  controller.signal.dispatchEvent(new Event("done"));
}

document.addEventListener("click", (event) => {
  const opener = (event.target as Element).closest("[data-palette]");
  if (!opener || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  openPalette();
});
