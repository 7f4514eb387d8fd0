// Content comes with the page and by exchanging parts of it. Modules register what they do with
// new content here, so that both ways are one.
type Enhance = (root: HTMLElement) => void;

const all: Enhance[] = [];

export function onContent(enhance: Enhance): void {
  all.push(enhance);
}

export function announce(root: HTMLElement): void {
  for (const enhance of all) enhance(root);
}

/** All elements of a selector in a part of the page, the part itself included. */
export function each<E extends HTMLElement>(root: HTMLElement, selector: string, act: (element: E) => void): void {
  if (root.matches(selector)) act(root as E);
  root.querySelectorAll<E>(selector).forEach(act);
}
