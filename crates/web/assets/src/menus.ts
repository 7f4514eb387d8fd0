// Menus are <details>: here they close by a click elsewhere, by Esc, and when another opens.
function closeAll(except?: Element | null): void {
  document.querySelectorAll<HTMLDetailsElement>("details.menu[open]").forEach((menu) => {
    if (menu !== except) menu.open = false;
  });
}

document.addEventListener("click", (event) => {
  const target = event.target as Element;
  const menu = target.closest("details.menu");
  closeAll(menu);
  if (menu && target.closest("a.item")) (menu as HTMLDetailsElement).open = false;
});

document.addEventListener("keydown", (event) => {
  const menu = (event.target as Element).closest<HTMLDetailsElement>("details.menu[open]");
  if (!menu) return;
  if (event.key === "Escape") {
    menu.open = false;
    menu.querySelector<HTMLElement>("summary")?.focus();
    event.stopPropagation();
  } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && !(event.target as Element).matches("input, textarea, select")) {
    const items = [...menu.querySelectorAll<HTMLElement>(".panel a, .panel button, .panel input")].filter((item) => item.offsetParent);
    const at = items.indexOf(document.activeElement as HTMLElement);
    const next = items[(at + (event.key === "ArrowDown" ? 1 : items.length - 1) + (at < 0 && event.key === "ArrowUp" ? 1 : 0)) % items.length];
    next?.focus();
    event.preventDefault();
    event.stopPropagation();
  }
});

document.addEventListener("toggle", (event) => {
  const menu = event.target as HTMLDetailsElement;
  if (menu.matches?.("details.menu[open]")) menu.querySelector<HTMLElement>(".panel [required]")?.focus();
}, true);
