// Keys that work everywhere. Those of the list stand with the list.
import { openPalette } from "./palette";

let before = "";

/** Whether keys belong to what is being typed. */
export function isTyping(event: Event): boolean {
  const target = event.target as HTMLElement;
  return target.matches("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]") || !!document.querySelector("dialog[open]");
}

export function openKeys(): void {
  document.querySelector<HTMLDialogElement>("#keys")?.showModal();
}

/** What the page itself offers by a key; where it does twice, neither is meant. */
function keyed(key: string): HTMLElement | undefined {
  const found = [...document.querySelectorAll<HTMLElement>("[data-key]")].filter((one) => one.dataset["key"]?.split(" ").includes(key));
  return found.length === 1 ? found[0] : undefined;
}

document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
    event.preventDefault();
    openPalette();
    return;
  }
  if (isTyping(event) || event.defaultPrevented) return;
  if (event.altKey && (event.key === "ArrowLeft" || event.key === "ArrowRight")) {
    const rel = event.key === "ArrowLeft" ? "prev" : "next";
    const neighbour = document.querySelector<HTMLAnchorElement>(`.record a[rel="${rel}"]`);
    if (neighbour) {
      event.preventDefault();
      neighbour.click();
    }
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const key = before + event.key;
  before = event.key === "g" ? "g" : "";
  const act: Record<string, () => void> = {
    "?": openKeys,
    gh: () => location.assign("/"),
    n: () => document.querySelector<HTMLElement>("[data-new]")?.click(),
    "/": () => (document.querySelector<HTMLElement>("[data-add-filter]") ?? document.querySelector<HTMLElement>("[data-find]"))?.click(),
    e: () => document.querySelector<HTMLElement>("[data-edit]")?.click(),
  };
  const offered = keyed(event.key);
  const found = offered ? () => offered.click() : act[key];
  if (!found) return;
  event.preventDefault();
  found();
});

document.addEventListener("click", (event) => {
  if ((event.target as Element).closest("[data-keys]")) openKeys();
});
