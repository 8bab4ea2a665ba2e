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

/** Act on a real press. A page's scripts can reach into our shadow root, so an event that they made up does nothing. */
export function onPress(target: EventTarget, act: (event: Event) => void, type = "click"): void {
  target.addEventListener(type, (event) => event.isTrusted && act(event));
}
