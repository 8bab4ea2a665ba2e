/** Tells when a page's text may have changed: late text, endless scrolling, in-site navigation, rewritten DOM.
 *
 * A look costs time, so the next one waits twenty times as long as the last one took: at most a twentieth of the processor,
 * however restless the page is. */
export class Watch {
  private readonly observer = new MutationObserver(() => this.later());
  private timer: ReturnType<typeof setTimeout> | undefined;
  private alarm: ReturnType<typeof setTimeout> | undefined;
  private idle = 0;
  private earliest = 0;

  constructor(private readonly look: () => void) {
    this.observer.observe(document, { childList: true, subtree: true, characterData: true });
  }

  /** Run `work`, and remember what it cost. */
  timed<Value>(work: () => Value): Value {
    const start = performance.now();
    const value = work();
    this.earliest = performance.now() + 20 * (performance.now() - start);
    return value;
  }

  later(): void {
    this.timer ??= setTimeout(
      () => {
        this.idle = requestIdleCallback(
          () => {
            this.timer = undefined; // not before the look, whose cost decides when the next one may be
            this.look();
          },
          { timeout: 1000 },
        );
      },
      Math.max(SETTLE_MS, this.earliest - performance.now()),
    );
  }

  /** Look after this time even if nothing changes any more. */
  wake(ms: number): void {
    clearTimeout(this.alarm);
    if (ms < Infinity) this.alarm = setTimeout(() => this.later(), ms);
  }

  stop(): void {
    this.observer.disconnect();
    clearTimeout(this.timer);
    clearTimeout(this.alarm);
    cancelIdleCallback(this.idle);
  }
}

const SETTLE_MS = 400;

/** Keeps a text that changes all the time from being asked about all the time: after each question the place of the text, counted
 * in articles, rests twice as long as before. */
export class Rests {
  private readonly rests: { ms: number; end: number }[] = [];

  begin(place: number): void {
    const ms = 2 * (this.rests[place]?.ms ?? FIRST_REST_MS / 2);
    this.rests[place] = { ms, end: performance.now() + ms };
  }

  left(place: number): number {
    return Math.max(0, (this.rests[place]?.end ?? 0) - performance.now());
  }
}

const FIRST_REST_MS = 1000;
