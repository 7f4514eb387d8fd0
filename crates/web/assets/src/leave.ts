// Whoever leaves a form with changes, or a cell that could not be saved, is asked first. Saving and cancelling are answers already.
import { ask } from "./dialog";
import { make, word } from "./words";

let decided = false;

/** A form that came back with mistakes holds what was never saved, too. */
const isChanged = (): boolean =>
  !decided && document.querySelector("form[data-draft] [data-dirty], form[data-draft] [aria-invalid], .editor[data-unsaved]") !== null;

window.addEventListener("beforeunload", (event) => {
  if (isChanged()) event.preventDefault();
});

document.addEventListener("submit", (event) => {
  const form = event.target as HTMLFormElement;
  if (form.matches("[data-draft]")) decided = true;
});

// Back to a page that the browser kept as it was: nothing is decided there any more.
window.addEventListener("pageshow", () => (decided = false));

async function leave(href: string): Promise<void> {
  const answer = await ask(word("leave"), [make("p", {}, word("leaveText"))], [
    { value: "", label: word("leaveStay"), primary: true },
    { value: "go", label: word("leaveGo") },
  ]);
  if (answer !== "go") return;
  decided = true;
  location.assign(href);
}

// Before anybody else follows the link.
document.addEventListener("click", (event) => {
  const link = (event.target as Element).closest<HTMLAnchorElement>("a[href]");
  if (!link || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey || !isChanged()) return;
  if ("dropDraft" in link.dataset) {
    decided = true;
    return;
  }
  const isElsewhere = link.target === "_blank" || link.hasAttribute("download") || "sheet" in link.dataset;
  const isHere = link.pathname === location.pathname && link.search === location.search && link.hash !== "";
  if (isElsewhere || isHere || link.closest(".picker .panel, dialog [data-dismiss]")) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  void leave(link.href);
}, true);
