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

/** Draws a form anew for what has been chosen in it so far. */
async function refresh(form: HTMLFormElement, submitter?: HTMLElement | null): Promise<void> {
  const focus = document.activeElement?.getAttribute("name");
  const response = await fetch(addressOf(form, submitter), { headers: { "HX-Request": "true", accept: "text/html" } }).catch(() => undefined);
  if (!response?.ok) return void toast(word("failed"), { bad: true });
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const fresh = page.querySelector<HTMLElement>("form[data-refresh]");
  if (!fresh) return;
  form.replaceWith(fresh);
  announce(fresh);
  const again = focus ? fresh.querySelector<HTMLElement>(`[name="${CSS.escape(focus)}"]`) : null;
  (again ?? fresh.querySelector<HTMLElement>("select, input:not([type=hidden])"))?.focus();
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
