// The texts of the page's language, which stand in the page.
export function word(key: string): string {
  return document.querySelector<HTMLTemplateElement>("#words")?.dataset[key] ?? key;
}

export const language = document.documentElement.lang;

/** An element with text or children; texts never become markup. */
export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Record<string, string> = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}
