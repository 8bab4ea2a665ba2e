import { Readability } from "@mozilla/readability";

/** One paragraph of an article, as it stands on the live page. */
export interface Paragraph {
  /** The text as it is sent: blanks collapsed, trimmed. */
  text: string;
  /** The live text nodes that hold it, in order; a null stands for a line break between two of them. */
  pieces: (Text | null)[];
  /** The innermost live element around all of it. Several paragraphs parted by `<br>` share one. */
  element: Element;
}

/** Paragraphs under `root` that belong to its article: empty where there is none. Reads the page and writes nothing to it.
 *
 * Readability moves the nodes of a copy about. Two threads lead from its outcome back to the live page: which text node is a
 * copy of which (holds when a div becomes a p), and a stamp on every copied element (survives Readability's retries, which
 * rebuild the copy from its HTML). */
export function findParagraphs(root: Element): Paragraph[] {
  const copy = root.ownerDocument.implementation.createHTMLDocument(root.ownerDocument.title);
  const originals = new Map<Node, Text>();
  const elements: Element[] = [];
  const body = copy.importNode(root, true);
  if (body.nodeName === "BODY") copy.body.replaceWith(body);
  else copy.body.append(body);

  const live = walker(root);
  const copied = walker(body);
  for (
    let a: Node | null = live.currentNode, b: Node | null = copied.currentNode;
    a && b;
    a = live.nextNode(), b = copied.nextNode()
  ) {
    if (isText(a)) originals.set(b, a);
    else {
      (b as Element).setAttribute(STAMP, String(elements.length));
      elements.push(a as Element);
    }
  }
  const content = new Readability<Element>(copy, { serializer: (node) => node as Element }).parse()?.content;
  if (!content) return [];

  const paragraphs: Paragraph[] = [];
  for (const leaf of content.querySelectorAll(LEAF)) {
    if (leaf.matches(NO_PARAGRAPH) || leaf.querySelector(LEAF) || isBlank(leaf.textContent)) continue;
    const pieces = trace(leaf);
    const element = pieces && rangeAround(pieces).commonAncestorContainer;
    if (!element) continue;
    const text = plainText(pieces);
    if (isParagraph(leaf, text))
      paragraphs.push({ text, pieces, element: isText(element) ? element.parentElement! : (element as Element) });
  }
  return paragraphs;

  /** The live text nodes behind one element of Readability's outcome. */
  function trace(leaf: Element): (Text | null)[] | null {
    const direct = trimmed(textsAndBreaks(leaf)).map(
      (node) => node && (originals.get(node) ?? (isBlank(node.data) ? null : undefined)),
    );
    if (direct.every((node) => node !== undefined)) return direct as (Text | null)[];
    const wanted = squeeze(leaf.textContent);
    const stamp = leaf.closest(`[${STAMP}]`)?.getAttribute(STAMP);
    const pool = textsAndBreaks(stamp ? elements[Number(stamp)]! : root);
    for (let first = 0; first < pool.length; first++) {
      if (isBlank(pool[first]?.data ?? "")) continue;
      let seen = "";
      for (let last = first; last < pool.length && wanted.startsWith(seen); last++) {
        seen += squeeze(pool[last]?.data ?? "");
        if (seen === wanted) return pool.slice(first, last + 1);
      }
    }
    return null;
  }
}

const STAMP = "data-sayso-stamp";
const LEAF = "p, li, blockquote, pre, td, dd, dt, h2, h3, h4, h5, h6";
const NO_PARAGRAPH = "pre, h2, h3, h4, h5, h6";

/** Prices, "Read more" and lists of keywords stand in articles too: what ends no sentence must be running text to count. */
function isParagraph(leaf: Element, text: string): boolean {
  const endsSentence = /[.!?…]["'”’»)\]]*$/.test(text);
  const isProse = leaf.nodeName === "P" || leaf.nodeName === "BLOCKQUOTE";
  return text.split(" ").length > 3 ? isProse || endsSentence : isProse && endsSentence;
}

const BLANKS = /[\s\u200b]+/g;
const squeeze = (text: string | null) => (text ?? "").replace(BLANKS, "");
const isText = (node: Node): node is Text => node.nodeType === Node.TEXT_NODE;
const isBlank = (text: string | null) => squeeze(text) === "";

const walker = (root: Node) =>
  root.ownerDocument!.createTreeWalker(root, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);

/** Non-blank text nodes and line breaks (as null) below an element, in order. */
function textsAndBreaks(root: Element): (Text | null)[] {
  const found: (Text | null)[] = [];
  const walk = walker(root);
  for (let node = walk.nextNode(); node; node = walk.nextNode()) {
    if (node.nodeName === "BR") found.push(null);
    else if (node.nodeType === Node.TEXT_NODE && (node as Text).data) found.push(node as Text);
  }
  return found;
}

const plainText = (pieces: (Text | null)[]) =>
  pieces
    .map((piece) => piece?.data ?? " ")
    .join("")
    .replace(BLANKS, " ")
    .trim();

/** Without the blank pieces at both ends. */
function trimmed(pieces: (Text | null)[]): (Text | null)[] {
  const speaks = (piece: Text | null) => !isBlank(piece?.data ?? "");
  return pieces.slice(pieces.findIndex(speaks), pieces.findLastIndex(speaks) + 1);
}

export function rangeAround(pieces: (Text | null)[]): Range {
  const [first, last] = [pieces[0]!, pieces.at(-1)!];
  const range = first.ownerDocument.createRange();
  range.setStart(first, first.data.search(/\S/));
  range.setEnd(last, last.data.trimEnd().length);
  return range;
}
