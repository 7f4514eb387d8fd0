// Follows work that goes on: what stands in [data-follow] is exchanged until the page has no such
// part any more. The server answers when the work has ended, at the latest after a moment.
import { onContent, each } from "./content";

const PAUSE = 250;
const AWAY = 3000;

async function follow(element: HTMLElement): Promise<void> {
  let pause = AWAY;
  try {
    const headers = { "HX-Request": "true", accept: "text/html" };
    const response = await fetch(location.href, { headers, redirect: "manual" });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const there = page.querySelector("[data-follow]");
    if (!there) {
      // It has ended, or cannot be followed any more: the page says how.
      location.reload();
      return;
    }
    element.replaceChildren(...there.childNodes);
    pause = PAUSE;
  } catch {
    // Nobody answers just now; the work goes on, and is asked for again.
  }
  window.setTimeout(() => void follow(element), pause);
}

onContent((root) => each(root, "[data-follow]", (element) => void follow(element)));
