interface Placed {
  label: HTMLElement;
  element: Element;
  range: Range;
}

/** Keeps labels beside their paragraphs. Only those near the window are measured, all of them in one go before anything is written. */
export class Placement {
  private readonly byElement = new Map<Element, Placed[]>();
  private readonly near = new Set<Placed>();
  private readonly end = new AbortController();
  private frame = 0;
  private readonly onScreen = new IntersectionObserver((entries) => this.note(entries), { rootMargin: "50% 0%" });
  private readonly onSize = new ResizeObserver(() => this.schedule());

  constructor(private readonly host: HTMLElement) {
    const options = { capture: true, passive: true, signal: this.end.signal };
    for (const event of ["scroll", "resize", "load", "transitionend", "animationend"])
      window.addEventListener(event, () => this.schedule(), options);
    document.fonts.addEventListener("loadingdone", () => this.schedule(), options);
    this.onSize.observe(document.body);
  }

  add(label: HTMLElement, element: Element, range: Range): void {
    const placed = { label, element, range };
    const others = this.byElement.get(element);
    if (others) others.push(placed);
    else {
      this.byElement.set(element, [placed]);
      this.onScreen.observe(element);
    }
  }

  schedule(): void {
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
      for (const placed of this.byElement.get(target) ?? []) {
        if (isIntersecting) this.near.add(placed);
        else if (this.near.delete(placed)) placed.label.removeAttribute("style");
      }
    this.schedule();
  }

  private place(): void {
    const origin = this.host.getBoundingClientRect();
    const measured = [...this.near].map((placed) => ({ ...placed, box: placed.range.getBoundingClientRect() }));
    for (const { label, element, box } of measured) {
      const rtl = getComputedStyle(element).direction === "rtl";
      const room = rtl ? innerWidth - box.right : box.left;
      const width = Math.min(room - 12, 168);
      label.toggleAttribute("data-slim", width < 110);
      const taken = width < 110 ? 24 : width;
      const x = rtl ? box.right + 6 : box.left - taken - 6;
      label.style.width = `${taken}px`;
      label.style.height = `${box.height}px`;
      label.style.translate = `${x - origin.x}px ${box.y - origin.y}px`;
    }
  }
}
