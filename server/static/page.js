// The page at /: sends what was pasted or dropped to /v1/label and shows the answer. Everything that comes from the text or
// the server becomes text nodes, never markup. Offsets are UTF-16 code units, as strings count here.

const EXAMPLE = `Ferry service to Oster Island stops for the winter

The council of Oster Island closed the ferry line on Monday after the third engine failure in a month.

“We cannot send people out on a boat that we do not trust,” the harbour master, Ine Solvang, told reporters. She said the engine had last been overhauled in 2016.

The operator knew of the fault since spring, according to two employees who spoke on condition of anonymity because they are not allowed to talk to the press.

Some 900 people live on the island, and the next bridge is an hour’s drive away.

A new ferry could cost the county more than forty million and is unlikely to arrive before next autumn, an engineer familiar with the plans said.

The shop on the quay has ordered twice its usual stock of flour.`;

const $ = (id) => document.getElementById(id);
const shapes = new Map([...$("shapes").content.children].map((svg) => [svg.dataset.label, svg]));
const forecast = $("forecast-bar").dataset.forecast; // the label that lies across the others; empty where there is none

function element(tag, { text, children = [], data = {}, ...attributes } = {}) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  Object.assign(made.dataset, data);
  if (text !== undefined) made.textContent = text;
  made.append(...children);
  return made;
}

/** Of a label, also one that the server's model had not when it sent this page. */
const shape = (label) => (shapes.get(label) ?? shapes.get("")).cloneNode(true);
const words = (name) => name.replaceAll("_", " ");
const title = (label) => words(label).replace(/^./, (first) => first.toUpperCase());

const percent = (share) => (share > 0 && share < 0.01 ? "under 1 %" : `${Math.round(share * 100)} %`);
const counted = (count, one, many) => `${count.toLocaleString("en")} ${count === 1 ? one : many}`;

function say(message, failed = false) {
  $("status").textContent = message;
  $("status").classList.toggle("failed", failed);
}

let working = false;
async function label(article) {
  if (working) return;
  working = true;
  $("label").setAttribute("aria-disabled", "true");
  say("Reading…");
  try {
    const answer = await ask({ ...article, explain: true });
    show(answer);
    say(`${counted(answer.paragraphs.filter((p) => p.label).length, "paragraph", "paragraphs")} labelled.`);
    $("summary-title").focus({ preventScroll: true });
    $("result").scrollIntoView();
  } catch (error) {
    say(error.message, true);
  } finally {
    working = false;
    $("label").removeAttribute("aria-disabled");
  }
}

async function ask(article) {
  const headers = { "Content-Type": "application/json" };
  if ($("token").value) headers.Authorization = `Bearer ${$("token").value}`;
  let response;
  try {
    response = await fetch("/v1/label", { method: "POST", headers, body: JSON.stringify(article) });
  } catch {
    throw new Error("The server does not answer. Is it still running?");
  }
  const body = await response.json().catch(() => ({ detail: `The server answered ${response.status}.` }));
  if (response.status === 401) {
    $("token-row").hidden = false;
    $("token").focus();
  }
  if (!response.ok) throw new Error(body.detail);
  return body;
}

function show({ paragraphs, summary, model }) {
  $("result").hidden = false;
  showShares(summary);
  showSources(summary.sources);
  $("article").replaceChildren(...paragraphs.map(paragraphElement(paragraphs)));
  $("version").textContent = `Labelled by ${model.name} ${model.version}.`;
}

function showShares({ words: all, shares: { [forecast]: ahead = 0, ...vouching } }) {
  const told = Object.entries(vouching);
  $("bar").replaceChildren(...told.map(segment));
  $("shares").replaceChildren(
    ...told.map(([label, share]) =>
      element("li", {
        data: { label },
        children: [shape(label), title(label), element("span", { class: "amount", text: percent(share) })],
      }),
    ),
  );
  $("forecast-bar").replaceChildren(segment([forecast, ahead]));
  const foretold = ahead > 0 ? `${percent(ahead)} of it is forecast` : "None of it is forecast";
  const total = `${counted(all, "word", "words")} in all.`;
  $("forecast-share").textContent = forecast ? `${foretold}, of ${total}` : total;
}

function segment([label, share]) {
  const made = element("span", { data: { label } });
  made.hidden = share === 0;
  made.style.width = `${share * 100}%`; // through the object model, which the content security policy allows
  return made;
}

function showSources(sources) {
  $("no-sources").hidden = sources.length > 0;
  $("sources").replaceChildren(
    ...sources.map(({ name, kind, words: count, paragraphs }) => {
      const button = element("button", {
        type: "button",
        "aria-pressed": "false",
        title: "Show this source’s paragraphs",
        data: { label: { named: "attributed_claim", unnamed: "anonymous_claim" }[kind] ?? kind },
        children: [
          element("span", { text: name }),
          element("span", { class: "kind", text: words(kind) }),
          element("span", { class: "amount", text: counted(count, "word", "words") }),
        ],
      });
      button.addEventListener("click", () => spotlight(button, new Set(paragraphs)));
      return element("li", { children: [button] });
    }),
  );
}

function spotlight(button, indexes) {
  const on = button.getAttribute("aria-pressed") === "false";
  for (const other of $("sources").querySelectorAll("button")) other.setAttribute("aria-pressed", "false");
  button.setAttribute("aria-pressed", String(on));
  for (const paragraph of $("article").children) {
    paragraph.classList.toggle("away", on && !indexes.has(Number(paragraph.dataset.index)));
  }
}

const paragraphElement = (all) => (paragraph) => {
  const { index, label, also, certain, confidence, text, sentences } = paragraph;
  const margin = element("div", { class: "margin" });
  if (label) {
    margin.append(
      labelElement(label, sentences),
      ...(also.length ? [element("p", { class: "also", text: `also ${also.map(words).join(", ")}` })] : []),
      ...(certain ? [] : [element("p", { class: "also", children: [element("i", { class: "unsure", text: "Unsure" })] })]),
    );
    margin.title = `Confidence ${percent(confidence)}`;
  } else {
    margin.append(element("p", { class: "hidden", text: "No statement" }));
  }
  return element("div", {
    class: "paragraph sayso-label",
    data: { label: label ?? "none", index },
    children: [margin, element("p", { class: "text", children: marked(text, spans(index, all)) })],
  });
};

/** What to mark in a paragraph: its cues, and the speakers mentioned in it, of whichever sentence. */
function spans(index, all) {
  const sentences = all.flatMap((paragraph) => paragraph.sentences);
  const speakers = sentences
    .map((sentence) => sentence.speaker)
    .filter((speaker) => speaker?.paragraph === index)
    .map(({ start, end }) => ({ start, end, make: () => element("b", { class: "speaker" }) }));
  const cues = all[index].sentences
    .flatMap((sentence) => sentence.cues)
    .map(({ start, end, kind }) => ({ start, end, make: () => element("mark", { class: "cue", data: { kind } }) }));
  return [...speakers, ...cues].sort((a, b) => a.start - b.start || b.end - a.end);
}

/** The text as nodes; of spans that overlap, the first is marked. */
function marked(text, marks) {
  const nodes = [];
  let at = 0;
  for (const { start, end, make } of marks) {
    if (start < at) continue;
    const mark = make();
    mark.textContent = text.slice(start, end);
    nodes.push(text.slice(at, start), mark);
    at = end;
  }
  return [...nodes, text.slice(at)];
}

/** The label's name, which opens to the reasons that weighed most. */
function labelElement(label, sentences) {
  const word = [shape(label), title(label)];
  const weight = (reason) => Math.abs(reason.weight);
  const reasons = sentences.flatMap((sentence) => sentence.reasons).sort((a, b) => weight(b) - weight(a));
  if (reasons.length === 0) return element("p", { class: "word", children: word });
  const items = reasons
    .filter(({ text }, at) => reasons.findIndex((other) => other.text === text) === at)
    .slice(0, 4)
    .map((reason) => element("li", { text: reason.text, class: reason.weight < 0 ? "against" : "for" }));
  const summary = element("summary", { class: "word", title: "Why?", children: word });
  return element("details", { children: [summary, element("ul", { children: items })] });
}

async function read(file) {
  const text = await file.text();
  const isPage = /\.html?$/i.test(file.name) || file.type === "text/html";
  if (!isPage) $("text").value = text;
  await label(isPage ? { html: text } : { text });
}

$("form").addEventListener("submit", (event) => {
  event.preventDefault();
  label({ text: $("text").value });
});
$("text").addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) $("form").requestSubmit();
});
$("file").addEventListener("change", async ({ target }) => {
  if (target.files.length) await read(target.files[0]);
  target.value = "";
});
$("example").addEventListener("click", () => {
  $("text").value = EXAMPLE;
  $("form").requestSubmit();
});
for (const name of ["dragover", "dragleave", "drop"]) {
  document.addEventListener(name, (event) => {
    event.preventDefault();
    document.body.classList.toggle("dropping", name === "dragover");
  });
}
document.addEventListener("drop", (event) => {
  const [file] = event.dataTransfer.files;
  if (file) read(file);
});
