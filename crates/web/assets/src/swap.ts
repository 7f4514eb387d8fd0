// Exchanges parts of the page. Small and our own instead of a library: the texts of the content
// security policy forbid evaluating attributes, which half of such a library is for; a request
// that is overtaken or left has to be cancelled, so that the backend stops working on it; and the
// answer may be the part or the whole page, so that every address works alone.
//
//   <a|form data-swap="#list">   its answer takes the place of #list; the address changes
//   data-get="url" data-when="load|visible"   filled by the answer, once
import { each, onContent, announce } from "./content";
import { toast } from "./toast";
import { make, word } from "./words";

const running = new Map<string, AbortController>();
const SLOW = 4000;

interface Options {
  push?: boolean;
  source?: HTMLElement | undefined;
}

/** Asks for a page and puts the part of it that the selector names in its place here. */
export async function swap(url: string, target: string, options: Options = {}): Promise<void> {
  running.get(target)?.abort();
  const controller = new AbortController();
  running.set(target, controller);
  const done = busy(controller);
  try {
    const response = await fetch(url, {
      signal: controller.signal,
      headers: { "HX-Request": "true", "HX-Target": target.slice(1), accept: "text/html" },
    });
    place(await response.text(), target, response, options);
  } catch (error) {
    if ((error as Error).name !== "AbortError") toast(word("offline"), { bad: true });
  } finally {
    done();
    if (running.get(target) === controller) running.delete(target);
  }
}

function place(html: string, target: string, response: Response, options: Options): void {
  const page = new DOMParser().parseFromString(html, "text/html");
  const here = document.querySelector<HTMLElement>(target);
  const there = page.querySelector<HTMLElement>(target);
  if (!here || !there) {
    // Another page answered (a failure, signing in): it is shown as it is.
    const main = page.querySelector<HTMLElement>("main");
    const own = document.querySelector<HTMLElement>("main");
    if (response.redirected || !main || !own) {
      location.assign(response.url);
      return;
    }
    own.replaceChildren(...main.childNodes);
    announce(own);
    return;
  }
  const focus = document.activeElement instanceof HTMLElement ? trace(document.activeElement) : undefined;
  here.replaceWith(there);
  if (page.title) document.title = page.title;
  if (options.push !== false) history.pushState({ target }, "", response.url);
  shown = pageOf(location);
  // Whoever changes the language now comes back to the list as it is now.
  document.querySelectorAll<HTMLInputElement>('.bar input[name="back"]').forEach((back) => (back.value = shown));
  announce(there);
  if (focus) document.querySelector<HTMLElement>(focus)?.focus({ preventScroll: true });
}

/** A selector that finds the element again after the exchange. */
function trace(element: HTMLElement): string | undefined {
  if (element.id) return `#${CSS.escape(element.id)}`;
  if (element.matches("[data-find]")) return "[data-find]";
  const href = element.getAttribute("href");
  return href ? `a[href="${CSS.escape(href)}"]` : undefined;
}

/** Marks the page as busy; says so, with the way out, when it takes long. */
function busy(controller: AbortController): () => void {
  const root = document.documentElement;
  const mark = window.setTimeout(() => root.classList.add("busy"), 120);
  let close: (() => void) | undefined;
  const slow = window.setTimeout(() => {
    const act = (): void => {
      controller.abort();
      toast(word("cancelled"));
    };
    close = toast(word("slow"), { stays: true, action: { label: word("cancel"), act } });
  }, SLOW);
  return () => {
    window.clearTimeout(mark);
    window.clearTimeout(slow);
    close?.();
    root.classList.remove("busy");
  };
}

/** The address that a GET form leads to; empty fields leave no trace in it. */
export function addressOf(form: HTMLFormElement, submitter?: HTMLElement | null): string {
  const url = new URL(submitter?.hasAttribute("formaction") ? (submitter as HTMLButtonElement).formAction : form.action, location.href);
  const data = new FormData(form, submitter as HTMLButtonElement | null);
  const pairs = [...data].filter((pair): pair is [string, string] => typeof pair[1] === "string" && pair[1] !== "");
  url.search = new URLSearchParams(pairs).toString();
  return url.href;
}

const plainClick = (event: MouseEvent): boolean =>
  event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;

document.addEventListener("click", (event) => {
  const link = (event.target as Element).closest<HTMLAnchorElement>("a[data-swap]");
  if (!link || !plainClick(event) || event.defaultPrevented || !document.querySelector(link.dataset["swap"] ?? "")) return;
  event.preventDefault();
  void swap(link.href, link.dataset["swap"] ?? "", { source: link });
});

document.addEventListener("submit", (event) => {
  const form = event.target as HTMLFormElement;
  if (event.submitter?.matches("[data-sheet]")) return;
  const target = event.submitter?.dataset["swap"] ?? form.dataset["swap"];
  if (!target || form.method !== "get" || event.defaultPrevented || !document.querySelector(target)) return;
  event.preventDefault();
  form.closest("dialog")?.close();
  void swap(addressOf(form, event.submitter), target, { source: form });
});

document.addEventListener("change", (event) => {
  const input = event.target as HTMLElement;
  if (input.matches("[data-submit]")) (input as HTMLSelectElement).form?.requestSubmit();
});

// Jumps inside a page are told in the same way as going back to another one.
const pageOf = (place: Location): string => place.pathname + place.search;
let shown = pageOf(location);

window.addEventListener("popstate", (event: PopStateEvent) => {
  if (pageOf(location) === shown) return;
  const target = (event.state as { target?: string } | null)?.target ?? "#list";
  if (document.querySelector(target)) void swap(location.href, target, { push: false });
  else location.reload();
});

async function fill(element: HTMLElement): Promise<void> {
  const url = element.dataset["get"];
  delete element.dataset["get"];
  if (!url) return;
  const controller = new AbortController();
  leaving.add(controller);
  try {
    const response = await fetch(url, { signal: controller.signal, headers: { "HX-Request": "true", accept: "text/html" } });
    if (!response.ok) throw new Error(response.statusText);
    element.innerHTML = await response.text();
    announce(element);
  } catch {
    // In a line of text there is only room for a mark; a section says it and offers the way on.
    if (element.tagName === "SPAN") element.textContent = "?";
    else element.replaceChildren(again(element, url));
  } finally {
    leaving.delete(controller);
  }
}

function again(element: HTMLElement, url: string): HTMLElement {
  const button = make("button", { class: "button small", type: "button" }, word("retry"));
  button.addEventListener("click", () => {
    element.dataset["get"] = url;
    void fill(element);
  });
  return make("p", { class: "help" }, `${word("failed")} `, button);
}

const leaving = new Set<AbortController>();
window.addEventListener("pagehide", () => {
  for (const controller of [...leaving, ...running.values()]) controller.abort();
});

const seen = new IntersectionObserver((entries) => {
  for (const entry of entries) {
    if (!entry.isIntersecting) continue;
    seen.unobserve(entry.target);
    void fill(entry.target as HTMLElement);
  }
});

onContent((root) => {
  each(root, "[data-get]", (element) => {
    if (element.dataset["when"] === "visible") seen.observe(element);
    else void fill(element);
  });
});
