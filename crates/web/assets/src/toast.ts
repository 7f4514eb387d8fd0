// What has just happened, with the way back. The place is a live region, so it is read out.
import { make } from "./words";

export interface Action {
  label: string;
  act: () => void;
}

const SHOWN = 7000;

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
  // Never take away what somebody is about to click or still reads.
  let timer = 0;
  const wait = (): void => {
    timer = window.setTimeout(() => (box.matches(":hover, :focus-within") ? wait() : close()), options.bad ? SHOWN * 2 : SHOWN);
  };
  if (!options.stays) wait();
  box.addEventListener("dblclick", () => {
    window.clearTimeout(timer);
    close();
  });
  place?.append(box);
  while ((place?.childElementCount ?? 0) > 3) place?.firstElementChild?.remove();
  return close;
}
