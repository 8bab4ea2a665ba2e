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

/** One article of a page: its element, and its paragraphs in reading order. */
export interface Article {
  root: Element;
  paragraphs: Paragraph[];
  /** Texts that stand before, where a long article goes out in several requests: read along for who “he” is. */
  before: string[];
}

/** Why a page is left alone; a key of `_locales`. */
export type NoArticle = "front_page" | "too_little_text";

/** The articles of a page, or why it has none. Reads the page and writes nothing to it. */
export function findArticles(page: Document): Article[] | NoArticle {
  const long = [...page.querySelectorAll("article")].filter(
    (element) => !element.parentElement?.closest("article") && isLong(element),
  );
  const roots = long.length > 1 ? long : [page.body];
  const articles = roots.map((root) => ({ root, paragraphs: findParagraphs(root), before: [] }));
  const told = articles.filter(({ paragraphs }) => wordsOf(paragraphs) >= FEWEST_WORDS);
  if (!told.length) return "too_little_text";
  return told.length === 1 && isFrontPage(told[0]!) ? "front_page" : told.flatMap(inParts);
}

const FEWEST_WORDS = 60;
const FULL_STORY_WORDS = 150;

// Of one request, in all less than the server takes unless told otherwise: 2,000 paragraphs, 300,000 characters.
const MOST = { paragraphs: 1000, characters: 250_000 };
const MOST_BEFORE = { paragraphs: 50, characters: 50_000 };

const countWords = (text: string | null) => text?.match(/\S+/g)?.length ?? 0;
const wordsOf = (paragraphs: Paragraph[]) => paragraphs.reduce((sum, { text }) => sum + countWords(text), 0);

/** A full story, not a teaser or a reader's comment that happens to be marked up as an article. */
function isLong(element: Element): boolean {
  let words = 0;
  for (const p of element.querySelectorAll("p")) {
    words += countWords(p.textContent);
    if (words >= FULL_STORY_WORDS) return true;
  }
  return false;
}

/** Many linked headlines among few paragraphs: teasers of other pages. */
function isFrontPage({ root, paragraphs }: Article): boolean {
  const last = paragraphs.at(-1)!.element;
  const range = root.ownerDocument.createRange();
  range.setStartBefore(paragraphs[0]!.element);
  range.setEndAfter(last);
  const headlines = [...root.querySelectorAll(":is(h1, h2, h3, h4) a[href], a[href] :is(h1, h2, h3, h4)")];
  return headlines.filter((headline) => range.intersectsNode(headline)).length >= Math.max(3, paragraphs.length / 2);
}

/** A text of thousands of paragraphs goes out in several requests, each with the end of the one before. */
function inParts({ root, paragraphs }: Article): Article[] {
  const parts: Article[] = [];
  let characters = 0;
  for (const [index, paragraph] of paragraphs.entries()) {
    const last = parts.at(-1);
    characters += paragraph.text.length;
    if (last && last.paragraphs.length < MOST.paragraphs && characters <= MOST.characters)
      last.paragraphs.push(paragraph);
    else {
      characters = paragraph.text.length;
      parts.push({ root, paragraphs: [paragraph], before: endOf(paragraphs.slice(0, index)) });
    }
  }
  return parts;
}

function endOf(paragraphs: Paragraph[]): string[] {
  let room = MOST_BEFORE.characters;
  const texts = paragraphs.slice(-MOST_BEFORE.paragraphs).map(({ text }) => text);
  return texts.slice(texts.findLastIndex((text) => (room -= text.length) < 0) + 1);
}

/** Paragraphs under `root` that belong to its article: empty where there is none.
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
    if (direct.every((node) => node !== undefined)) return direct;
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
    .trim()
    .toWellFormed(); // half a character would make the whole request malformed

/** Without the blank pieces at both ends. */
function trimmed(pieces: (Text | null)[]): (Text | null)[] {
  const speaks = (piece: Text | null) => !isBlank(piece?.data ?? "");
  return pieces.slice(pieces.findIndex(speaks), pieces.findLastIndex(speaks) + 1);
}

/** Where the whole paragraph stands on the page. */
export function rangeAround(pieces: (Text | null)[]): Range {
  const [first, last] = [pieces[0]!, pieces.at(-1)!];
  const range = first.ownerDocument.createRange();
  range.setStart(first, first.data.search(/\S/));
  range.setEnd(last, last.data.trimEnd().length);
  return range;
}

/** Where `text.slice(start, end)` of a paragraph stands on the page; null if the page has changed since. */
export function rangeOf({ pieces, text }: Paragraph, start: number, end: number): Range | null {
  if (plainText(pieces) !== text) return null;
  let length = 0; // of the plain text so far
  let blank = true; // it ends in a blank, or is still empty
  const range = pieces[0]!.ownerDocument.createRange();
  for (const piece of pieces)
    for (let i = 0; i < (piece?.data.length ?? 1); i++) {
      const isSpace = !piece || /[\s\u200b]/.test(piece.data[i]!);
      if (!(isSpace && blank)) {
        if (piece && length === start) range.setStart(piece, i);
        length++;
        if (piece && length === end) {
          range.setEnd(piece, i + 1);
          return range;
        }
      }
      blank = isSpace;
    }
  return null;
}
