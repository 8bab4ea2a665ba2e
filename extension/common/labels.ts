/** The labels of the model as shipped, by their names on the wire, in the order in which they are shown. */
export const LABELS = ["reported_fact", "attributed_claim", "anonymous_claim", "forecast"] as const;
type Shipped = (typeof LABELS)[number];

/** A label's name on the wire. The model of a server may have others than those that we know. */
export type Label = string;
export type Shares = Record<Label, number>;
export const isShipped = (label: Label): label is Shipped => (LABELS as readonly Label[]).includes(label);

/** One silhouette each, so that no label needs its colour to be told: a block, a quotation mark, a hollow one, an arrow ahead. */
const SHAPES: Record<Shipped, string> = {
  reported_fact: "M2.5 2.5h11v11h-11z",
  attributed_claim:
    "M1.5 8.2C1.5 4.9 3.4 2.9 6.6 2.4v2C5 4.8 4.1 5.7 4 7h2.8v6H1.5zM8.7 8.2c0-3.3 1.9-5.3 5.1-5.8v2c-1.6.4-2.5 1.3-2.6 2.6H14v6H8.7z",
  anonymous_claim:
    "M8 1.6a6.4 6.4 0 1 0 0 12.8A6.4 6.4 0 0 0 8 1.6m0 1.5a4.9 4.9 0 1 1 0 9.8 4.9 4.9 0 0 1 0-9.8M5.6 6.7h1.6c0-.5.3-.8.8-.8s.9.3.9.7c0 .9-1.7.9-1.7 2.6h1.5c0-1 1.8-1.1 1.8-2.7 0-1.2-1-2-2.5-2s-2.4.9-2.4 2.2m1.5 3.2h1.6v1.5H7.1z",
  forecast: "M8.6 2.3 14.8 8l-6.2 5.7v-3.9H1.2V6.2h7.4z",
};

const DISC = "M8 3.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9z"; // of any other

export function shape(label: Label): SVGSVGElement {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.dataset.label = label;
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", isShipped(label) ? SHAPES[label] : DISC);
  svg.append(path);
  return svg;
}
