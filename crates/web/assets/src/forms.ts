// Small things of forms: copying, the builder that follows its fields.
import { announce } from "./content";
import "./dialog";
import { addressOf } from "./swap";
import { toast } from "./toast";
import { word } from "./words";

document.addEventListener("click", (event) => {
  const button = (event.target as Element).closest<HTMLElement>("[data-copy]");
  if (!button) return;
  const text = button.dataset["copy"] ?? "";
  const copied = "copyLink" in button.dataset ? new URL(text, location.href).href : text;
  void navigator.clipboard.writeText(copied).then(() => toast(word("copied")));
});

let drawing: AbortController | undefined;

/** Draws a form anew for what has been chosen in it so far; what is asked later overtakes. */
async function refresh(form: HTMLFormElement, submitter?: HTMLElement | null): Promise<void> {
  drawing?.abort();
  const { signal } = (drawing = new AbortController());
  const response = await fetch(addressOf(form, submitter), { signal, headers: { "HX-Request": "true", accept: "text/html" } }).catch(() => undefined);
  const text = response?.ok ? await response.text().catch(() => undefined) : undefined;
  if (signal.aborted) return;
  if (text === undefined) return void toast(word("failed"), { bad: true });
  const fresh = new DOMParser().parseFromString(text, "text/html").querySelector<HTMLElement>("form[data-refresh]");
  if (!fresh) return;
  const focus = form.contains(document.activeElement) ? document.activeElement : null;
  const name = focus?.getAttribute("name");
  const again = name ? fresh.querySelector<HTMLElement>(`[name="${CSS.escape(name)}"]`) : null;
  if (focus && again && choices(focus) !== undefined && choices(focus) === choices(again)) {
    around(form, fresh, focus, again);
    announce(form);
    return;
  }
  // What was typed while the answer was on its way is newer than the answer.
  if (focus instanceof HTMLInputElement && again instanceof HTMLInputElement && focus.type === again.type) again.value = focus.value;
  form.replaceWith(fresh);
  announce(fresh);
  (again ?? fresh.querySelector<HTMLElement>("select, input:not([type=hidden])"))?.focus();
}

/** What a list offers; nothing for other elements. */
function choices(element: Element): string | undefined {
  return element instanceof HTMLSelectElement ? JSON.stringify([...element.options].map((option) => option.value)) : undefined;
}

/** Exchanges everything but the list that has the focus: it goes on being typed into. */
function around(old: Element, fresh: Element, kept: Element, twin: Element): void {
  if (old === kept) return;
  const holder = [...old.children].find((child) => child.contains(kept));
  const other = [...fresh.children].find((child) => child.contains(twin));
  if (!holder || !other) return;
  for (const child of [...old.childNodes]) if (child !== holder) child.remove();
  let isBefore = true;
  for (const child of [...fresh.childNodes]) {
    if (child === other) isBefore = false;
    else if (isBefore) holder.before(child);
    else old.append(child);
  }
  around(holder, other, kept, twin);
}

document.addEventListener("change", (event) => {
  const input = event.target as HTMLSelectElement;
  if (input.matches("[data-changes]") && input.form?.matches("[data-refresh]")) void refresh(input.form);
});

document.addEventListener("submit", (event) => {
  const form = event.target as HTMLFormElement;
  if (!form.matches("[data-refresh]") || event.submitter?.dataset["swap"] || event.defaultPrevented) return;
  event.preventDefault();
  void refresh(form, event.submitter);
});
