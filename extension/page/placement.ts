interface Placed {
  label: HTMLElement;
  element: Element;
  range: Range;
}

/** Keeps labels beside their paragraphs. Only those near the window are measured, all of them before anything is written. */
export class Placement {
  private readonly byElement = new Map<Element, Set<Placed>>();
  private readonly near = new Set<Placed>();
  private readonly end = new AbortController();
  private readonly onScreen = new IntersectionObserver((entries) => this.note(entries), { rootMargin: "50% 0%" });
  private readonly onSize = new ResizeObserver(() => this.later());
  private frame = 0;

  constructor(private readonly host: HTMLElement) {
    const options = { capture: true, passive: true, signal: this.end.signal };
    for (const event of ["scroll", "resize", "load", "transitionend", "animationend", "toggle"])
      window.addEventListener(event, () => this.later(), options);
    document.fonts.addEventListener("loadingdone", () => this.later(), options);
    this.onSize.observe(document.documentElement);
    this.onSize.observe(document.body);
  }

  add(label: HTMLElement, element: Element, range: Range): Placed {
    const placed = { label, element, range };
    const others = this.byElement.get(element);
    if (others) {
      others.add(placed);
      this.onScreen.unobserve(element); // so that the observer tells about it again
    } else this.byElement.set(element, new Set([placed]));
    this.onScreen.observe(element);
    return placed;
  }

  remove(placed: Placed): void {
    this.near.delete(placed);
    const others = this.byElement.get(placed.element)!;
    others.delete(placed);
    if (others.size) return;
    this.byElement.delete(placed.element);
    this.onScreen.unobserve(placed.element);
  }

  /** Look again where everything is, once before the next frame. */
  later(): void {
    this.frame ||= requestAnimationFrame(() => {
      this.frame = 0;
      this.place();
    });
  }

  stop(): void {
    this.end.abort();
    this.onScreen.disconnect();
    this.onSize.disconnect();
    cancelAnimationFrame(this.frame);
  }

  private note(entries: IntersectionObserverEntry[]): void {
    for (const { target, isIntersecting } of entries)
      for (const placed of this.byElement.get(target) ?? [])
        if (isIntersecting) this.near.add(placed);
        else if (this.near.delete(placed)) park(placed.label);
    this.later();
  }

  private place(): void {
    const origin = this.host.getBoundingClientRect();
    const columns = new Map<string, Column>();
    const spots = [...this.near].map(({ label, element, range }) => {
      const box = range.getBoundingClientRect();
      const key = `${Math.round(box.left)} ${element.clientWidth}`;
      const column = columns.get(key) ?? this.column(element, box);
      columns.set(key, column);
      return { label, box, column };
    });
    for (const { label, box, column } of spots) {
      if (!box.height) {
        park(label);
        continue;
      }
      label.dataset.side = column.side;
      label.toggleAttribute("data-slim", column.slim);
      label.toggleAttribute("data-tight", column.width < ROOMY);
      const x = column.side === "left" ? box.left - column.gap - column.width : column.edge + column.gap;
      label.style.width = `${column.width}px`;
      label.style.height = column.slim ? "" : `${box.height}px`;
      label.style.translate = `${x - origin.x}px ${box.y - origin.y - (column.over ? SLIM : 0)}px`;
    }
  }

  /** Where labels of one column of text go: in the margin before the text, else behind it, else as a bare shape. */
  private column(element: Element, box: DOMRect): Column {
    const { direction, display } = getComputedStyle(element);
    const text = display === "inline" ? box : element.getBoundingClientRect();
    const sides = direction === "rtl" ? (["right", "left"] as const) : (["left", "right"] as const);
    const room = { left: box.left, right: document.documentElement.clientWidth - text.right };
    const edge = text.right;
    const y = Math.min(Math.max(box.y + 8, 1), innerHeight - 2);
    for (const side of sides) {
      const width = Math.min(room[side] - GAP, WIDEST);
      if (width < NARROWEST) continue;
      const x = side === "left" ? box.left - GAP - width / 2 : edge + GAP + width / 2;
      if (isMargin(document.elementsFromPoint(x, y), element, this.host))
        return { side, width, edge, gap: GAP, slim: false };
    }
    const side = sides.find((side) => room[side] >= SLIM) ?? sides[0];
    const over = room[side] < SLIM;
    const inset = over ? -SLIM : 0;
    return { side, width: SLIM, edge, gap: inset, slim: true, over };
  }
}

interface Column {
  side: "left" | "right";
  width: number;
  /** Right edge of the text. */
  edge: number;
  gap: number;
  slim: boolean;
  /** Not even a shape finds room beside the text: it goes into the gap above the paragraph. */
  over?: boolean;
}

const GAP = 8;
const WIDEST = 176;
const ROOMY = 168; // for a word and further shapes
const NARROWEST = 104; // for a word in two lines
const SLIM = 15;

/** A point beside the text is free if only elements around the text are there. */
function isMargin(stack: Element[], text: Element, host: Element): boolean {
  const top = stack.find((element) => element !== host);
  return !top || top.contains(text);
}

function park(label: HTMLElement): void {
  label.style.translate = "";
}
