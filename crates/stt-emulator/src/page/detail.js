// One request with all that is known of it.

/** What the steps of hearing are, by the names that the journal has for them. */
const STEPS_OF_HEARING = {
  "refused": "the body itself: nothing was listened to",
  "content-type": "the Content-Type: nothing was listened to",
  "header": "the header of the audio: its samples were not listened to",
  "coded": "words that are coded into the samples",
  "metadata": "a transcript in the metadata of the file",
  "sidecar": "the words written beside the clip",
  "recognizer": "the recognizer",
  "samples": "the loudness of the samples",
  "no-match": "nothing had words for it",
  "queue": "a queued answer, before anything was heard",
  "scenario": "a rule of the scenario, before anything was heard",
  "fault": "a fault, before anything else",
  "magic-key": "the magic key, before anything else",
};

/** The journal keeps so many characters of an answer. */
const LONGEST_ANSWER = 4_096;

let rules = new Map();

function titleOf(entry) {
  if (entry.text) return `“${entry.text}”`;
  if (entry.recognition_status) return entry.recognition_status;
  if (entry.operation === "token" && entry.status === 200) return "a token was issued";
  return entry.reason || `${entry.method} ${entry.path}`;
}

function showDetail(entry) {
  stop();
  const command = curl(entry);
  const answered = entry.answered_ms === null
    ? "nothing was answered"
    : `answered after ${seconds(entry.answered_ms - entry.at_ms)}`;
  const meta = [
    `#${entry.id}`,
    `${entry.method} ${entry.path}`,
    timeOfDay(entry.at_ms, { fractionalSecondDigits: 3 }),
    answered,
    entry.key && `key ${entry.key}`,
    entry.tenant && entry.tenant !== entry.key && `tenant ${entry.tenant}`,
    entry.session && `session ${entry.session}`,
  ].filter(Boolean).join(" · ");
  byId("detail").replaceChildren(
    el("header", {},
      el("button", { type: "button", class: "back", onclick: () => choose(null) }, "‹ Back"),
      badge(entry),
      el("h2", {}, titleOf(entry)),
      el("button", { type: "button", id: "copy", onclick: () => copy(command) }, "Copy as curl")),
    el("p", { class: "meta" }, meta),
    ...(entry.operation === "recognize" ? [audioPart(entry)] : []),
    whyPart(entry),
    answerPart(entry),
    requestPart(entry),
    el("section", {}, el("h3", {}, "As curl"), el("pre", { id: "curl" }, command)));
}

/** Why it was answered so. */
function whyPart(entry) {
  const rows = [];
  if (entry.operation === "recognize") {
    const by = entry.heard_by;
    const step = by === null ? "nobody: it was answered before any hearing" : (STEPS_OF_HEARING[by] ?? "");
    rows.push(["heard by", by === null ? step : el("span", {}, el("code", {}, by), step && ` – ${step}`)]);
  }
  if (entry.reason) rows.push(["reason", entry.reason]);
  if (entry.recognizer_said) rows.push(["recognizer said", el("pre", {}, entry.recognizer_said)]);
  const list = entry.rules.map((id) => {
    const rule = rules.get(id);
    const kind = { documented: "good", observed: "good", guess: "poor" }[rule?.evidence] ?? "";
    return el("div", { class: "rule" },
      el("code", {}, id), " ", rule ? el("span", { class: `badge ${kind}` }, rule.evidence) : null,
      rule ? el("p", {}, ...marked(rule.about)) : null,
      rule ? el("p", { class: "quiet" }, ...marked(rule.source)) : null);
  });
  if (0 < list.length) rows.push([list.length === 1 ? "rule" : "rules", el("div", {}, ...list)]);
  return el("section", { class: "why" }, el("h3", {}, "Why it was answered so"), pairs(rows));
}

function answerPart(entry) {
  const part = el("section", { class: "answer" }, el("h3", {}, "Answer"));
  if (entry.answer_body) part.append(el("pre", {}, indented(entry.answer_body)));
  if (entry.answer_body && LONGEST_ANSWER <= entry.answer_body.length) {
    part.append(el("p", { class: "quiet" }, `The journal keeps the first ${LONGEST_ANSWER} characters.`));
  }
  if (!entry.answer_body) {
    const isToken = entry.operation === "token" && entry.status === 200;
    const why = isToken ? "The journal keeps no tokens." : "The body is empty.";
    part.append(el("p", { class: "quiet" }, entry.status === null ? "Nothing was answered." : why));
  }
  if (0 < entry.answer_headers.length) part.append(folded("Header fields", entry.answer_headers));
  return part;
}

function requestPart(entry) {
  const part = el("section", { class: "request" }, el("h3", {}, "Request"));
  if (0 < entry.query.length) part.append(pairs(entry.query));
  part.append(folded("Header fields", entry.headers, entry.query.length === 0));
  return part;
}

function folded(title, list, isOpen = false) {
  return el("details", { open: isOpen }, el("summary", {}, `${title} (${list.length})`), pairs(list));
}

function pairs(list) {
  return el("dl", {}, ...list.flatMap(([name, value]) => [el("dt", {}, name), el("dd", {}, value)]));
}

/** A text with its parts in backticks as code. */
function marked(text) {
  return text.split("`").map((part, at) => (at % 2 === 0 ? part : el("code", {}, part)));
}

function indented(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
