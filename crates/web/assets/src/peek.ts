// A look at the record behind a link, while the pointer rests on it or the focus stays there.
const REST = 350;
const kept = new Map<string, string>();
let timer = 0;
let over: HTMLElement | undefined;

const panel = (): HTMLElement | null => document.querySelector<HTMLElement>("#peek");

function hide(): void {
  window.clearTimeout(timer);
  over = undefined;
  const box = panel();
  if (box?.matches(":popover-open")) box.hidePopover();
}

async function show(link: HTMLElement): Promise<void> {
  const url = link.dataset["peek"];
  const box = panel();
  if (!url || !box) return;
  if (!kept.has(url)) {
    const response = await fetch(url, { headers: { "HX-Request": "true", accept: "text/html" } }).catch(() => undefined);
    if (!response?.ok) return;
    kept.set(url, await response.text());
    if (kept.size > 60) kept.delete(kept.keys().next().value ?? "");
  }
  if (over !== link) return;
  box.innerHTML = kept.get(url) ?? "";
  box.showPopover();
  const at = link.getBoundingClientRect();
  const below = at.bottom + 6 + box.offsetHeight < innerHeight;
  box.style.left = `${Math.max(8, Math.min(at.left, innerWidth - box.offsetWidth - 12))}px`;
  box.style.top = `${below ? at.bottom + 6 : Math.max(8, at.top - box.offsetHeight - 6)}px`;
}

function rest(event: Event): void {
  const target = event.target as Element;
  const link = target.closest?.<HTMLElement>("[data-peek]");
  if (link === over) return;
  if (target.closest?.("#peek")) return;
  hide();
  if (!link || matchMedia("(pointer: coarse)").matches) return;
  over = link;
  timer = window.setTimeout(() => void show(link), REST);
}

document.addEventListener("pointerover", rest);
document.addEventListener("focusin", (event) => {
  if ((event.target as Element).matches(":focus-visible")) rest(event);
});
document.addEventListener("scroll", hide, true);
document.addEventListener("keydown", (event) => event.key === "Escape" && hide());
