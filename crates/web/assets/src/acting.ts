// The form of an action: what the backend says it would do follows what is filled in, and a number
// that is typed for an entry ticks it.
import { announce, each, onContent } from "./content";

const PAUSE = 300;

function foresee(form: HTMLFormElement): () => void {
  let asking: AbortController | undefined;
  let wait = 0;
  const ask = async (): Promise<void> => {
    asking?.abort();
    const { signal } = (asking = new AbortController());
    const place = form.querySelector<HTMLElement>("#foreseen");
    const address = form.dataset["foresee"];
    if (!place || !address) return;
    const body = new URLSearchParams([...new FormData(form)].filter((pair): pair is [string, string] => typeof pair[1] === "string"));
    body.set("do", "foresee");
    place.setAttribute("aria-busy", "true");
    const headers = { "HX-Request": "true", accept: "text/html" };
    const response = await fetch(address, { method: "POST", body, signal, headers }).catch(() => undefined);
    const text = response?.ok ? await response.text().catch(() => undefined) : undefined;
    if (signal.aborted) return;
    place.removeAttribute("aria-busy");
    // Without an answer the last one would be wrong.
    place.innerHTML = text ?? "";
    announce(place);
  };
  return () => {
    window.clearTimeout(wait);
    wait = window.setTimeout(() => void ask(), PAUSE);
  };
}

onContent((root) => {
  each(root, "form.act-form", (element) => {
    const form = element as HTMLFormElement;
    const first = form.querySelector<HTMLElement>("[aria-invalid], .picks input[type=checkbox], input:not([type=hidden]), select, textarea");
    first?.focus({ preventScroll: true });
    // What comes filled in is typed over at once, as after the tabulator.
    if (first instanceof HTMLInputElement) first.select();
    if (!form.dataset["foresee"]) return;
    const again = foresee(form);
    form.addEventListener("input", again);
    again();
  });
});

document.addEventListener("input", (event) => {
  const input = event.target as HTMLInputElement;
  const entry = input.closest(".entry");
  const tick = entry?.querySelector<HTMLInputElement>("input[type=checkbox]");
  if (tick && input !== tick && input.value !== "") tick.checked = true;
});
