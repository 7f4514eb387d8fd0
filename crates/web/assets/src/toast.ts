// What has just happened, with the way back. The place is a live region, so it is read out.
import { each, onContent } from "./content";
import { make } from "./words";

export interface Action {
  label: string;
  act: () => void;
}

const SHOWN = 7000;

/** Goes after a while, but never while somebody is about to click it or still reads. */
function leave(box: HTMLElement, after: number): void {
  window.setTimeout(() => (box.matches(":hover, :focus-within") ? leave(box, after) : box.remove()), after);
}

// What the server says with a page goes in the same way.
onContent((root) => each(root, "#toasts > .toast", (box) => leave(box, SHOWN * 2)));

export function toast(text: string, options: { bad?: boolean; action?: Action; stays?: boolean } = {}): () => void {
  const place = document.querySelector("#toasts");
  const box = make("div", { class: options.bad ? "toast bad" : "toast" }, make("span", {}, text));
  const close = (): void => box.remove();
  const { action } = options;
  if (action) {
    const button = make("button", { class: "button bare", type: "button" }, action.label);
    button.addEventListener("click", () => {
      close();
      action.act();
    });
    box.append(button);
  }
  if (!options.stays) leave(box, options.bad ? SHOWN * 2 : SHOWN);
  // One at a time; what waits for an answer stays.
  place?.querySelectorAll(".toast:not(.stays)").forEach((other) => other.remove());
  box.classList.toggle("stays", options.stays ?? false);
  place?.append(box);
  return close;
}
