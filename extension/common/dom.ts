type Child = Node | string | null | undefined | false;

/** An element with attributes and children; strings become text, never markup. */
export function h<K extends keyof HTMLElementTagNameMap>(
  name: K,
  attributes: Record<string, string | number | boolean | undefined> = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes))
    if (value !== undefined && value !== false) made.setAttribute(key, value === true ? "" : String(value));
  made.append(...children.filter((child): child is Node | string => !!child || child === ""));
  return made;
}

/** Act on a real press. A page's scripts can reach into our shadow root, so a click that they made up does nothing. What follows
 * on such a click, `change` and `submit`, browsers do call trusted: only the click itself tells. */
export function onPress(target: EventTarget, act: () => void): void {
  target.addEventListener("click", (event) => event.isTrusted && act());
}
