import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Rests, Watch } from "../page/watch";

const LOOK_MS = 50;
let changed: () => void;

/** A page that changes at every millisecond, and looks that take a while. */
beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("document", {});
  vi.stubGlobal(
    "MutationObserver",
    class {
      constructor(callback: () => void) {
        changed = callback;
      }
      observe() {
        setInterval(changed, 1);
      }
      disconnect() {
        changed = () => undefined;
      }
    },
  );
  vi.stubGlobal("requestIdleCallback", (callback: () => void) => setTimeout(callback, 5));
  vi.stubGlobal("cancelIdleCallback", clearTimeout);
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

test("a restless page is looked at for a twentieth of the time at most", () => {
  let worked = 0; // timers stand still while a script works
  vi.spyOn(performance, "now").mockImplementation(() => Date.now() + worked);
  const looks: number[] = [];
  const watch = new Watch(() => {
    looks.push(performance.now());
    watch.timed(() => (worked += LOOK_MS));
  });
  vi.advanceTimersByTime(10_000);
  watch.stop();
  expect(looks.length).toBeGreaterThan(5);
  for (const [i, start] of looks.slice(1).entries()) expect(start - looks[i]!).toBeGreaterThanOrEqual(20 * LOOK_MS);
});

test("each question makes the rest of its place twice as long", () => {
  const rests = new Rests();
  expect(rests.left(0)).toBe(0);
  for (const seconds of [1, 2, 4, 8]) {
    rests.begin(0);
    expect(rests.left(0)).toBe(seconds * 1000);
    expect(rests.left(1)).toBe(0);
    vi.advanceTimersByTime(seconds * 1000);
    expect(rests.left(0)).toBe(0);
  }
});

test("a calm page is looked at once more when it is asked for", () => {
  vi.stubGlobal(
    "MutationObserver",
    class {
      observe = () => undefined;
    },
  );
  let looks = 0;
  const watch = new Watch(() => looks++);
  watch.wake(5000);
  vi.advanceTimersByTime(4999);
  expect(looks).toBe(0);
  vi.advanceTimersByTime(1000);
  expect(looks).toBe(1);
});
