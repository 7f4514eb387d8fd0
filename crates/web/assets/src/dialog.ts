// Dialogs: the sheet is filled with a fragment or with content made here.
import { announce } from "./content";
import { addressOf } from "./swap";
import { toast } from "./toast";
import { make, word } from "./words";

export const sheet = (): HTMLDialogElement | null => document.querySelector<HTMLDialogElement>("#sheet");

/** Opens the sheet with a fragment; where there is no sheet, the address itself. */
export async function openSheet(url: string): Promise<void> {
  const dialog = sheet();
  if (!dialog) return location.assign(url);
  try {
    const response = await fetch(url, { headers: { "HX-Request": "true", accept: "text/html" } });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const part = page.querySelector("form.builder, .failure") ?? page.querySelector("main");
    if (!part) return location.assign(url);
    dialog.replaceChildren(part);
    if (!dialog.open) dialog.showModal();
    announce(dialog);
  } catch {
    toast(word("offline"), { bad: true });
  }
}

/** Opens the sheet with a title, content and buttons; answers with the value of the button. */
export function ask(title: string, content: Node[], buttons: { value: string; label: string; primary?: boolean }[]): Promise<string> {
  const dialog = sheet();
  if (!dialog) return Promise.resolve("");
  const row = make("div", { class: "actions" });
  for (const { value, label, primary } of buttons) {
    row.append(make("button", { class: primary ? "button primary" : "button", value }, label));
  }
  const form = make("form", { method: "dialog", class: "stacked" }, make("h2", { id: "sheet-title" }, title), ...content, row);
  dialog.replaceChildren(form);
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => dialog.addEventListener("close", () => resolve(dialog.returnValue), { once: true }));
}

document.addEventListener("submit", (event) => {
  const button = event.submitter;
  if (!button?.matches("[data-sheet]") || event.defaultPrevented) return;
  event.preventDefault();
  void openSheet(addressOf(event.target as HTMLFormElement, button));
});

document.addEventListener("click", (event) => {
  const target = event.target as Element;
  const link = target.closest<HTMLAnchorElement>("a[data-sheet]");
  if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    event.preventDefault();
    void openSheet(link.href);
  } else if (target.closest("dialog [data-dismiss]")) {
    event.preventDefault();
    target.closest("dialog")?.close();
  } else if (target instanceof HTMLDialogElement) {
    // A click on the backdrop is a click on the dialog itself.
    const box = target.getBoundingClientRect();
    const inside = event.clientX >= box.left && event.clientX <= box.right && event.clientY >= box.top && event.clientY <= box.bottom;
    if (!inside) target.close();
  }
});
