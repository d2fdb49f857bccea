// The list of faults, and the form that arms one.

/** What can go wrong, with the parameters that it takes and their first values. */
const KINDS = {
  "no-continue": {},
  "late-continue": { after: "2s" },
  "expectation-failed": {},
  "early-answer": { status: 503, after_bytes: 0 },
  "endless-interim": { every: "100ms" },
  "slow-read": { bytes: 1024, every: "100ms" },
  "half-close": {},
  "reset": { after_bytes: 0 },
  "close-before-response": {},
  "hang": {},
  "truncate": { after_bytes: 64 },
  "drip": { bytes: 16, every: "100ms" },
  "slow-body": { bytes: 16, every: "100ms" },
  "one-byte-chunks": {},
  "bad-chunk-size": {},
  "no-close": {},
  "empty": {},
  "malformed-json": {},
  "html": {},
  "wrong-content-type": {},
};

const ANSWERS = [503, 429, 500, 502, 504, 401, 403, 408];

const faultRows = new Map();

function offerKinds() {
  const option = (value, text) => el("option", { value }, text);
  const answers = ANSWERS.map((status) => option(String(status), `answer ${status}`));
  const kinds = Object.keys(KINDS).map((kind) => option(kind, kind));
  byId("kind").append(
    el("optgroup", { label: "an answer" }, ...answers, option("status", "another status")),
    el("optgroup", { label: "on the connection" }, ...kinds));
  byId("kind").addEventListener("change", offerParameters);
  offerParameters();
}

function offerParameters() {
  const kind = byId("kind").value;
  const given = kind === "status" ? { status: 418 } : (KINDS[kind] ?? (kind === "429" ? { retry_after: 1 } : {}));
  const field = ([name, value]) => {
    const attributes = { name, value: String(value), required: name !== "retry_after" };
    const kindOf = typeof value === "number" ? { type: "number", min: "0", step: "1" } : { class: "span" };
    return el("label", {}, `${name.replaceAll("_", " ")} `, el("input", { ...attributes, ...kindOf }));
  };
  byId("parameters").replaceChildren(...Object.entries(given).map(field));
}

/** The fault that the form describes. */
function described() {
  const kind = byId("kind").value;
  const read = (input) => [input.name, input.type === "number" ? Number(input.value) : input.value];
  const inputs = [...byId("parameters").querySelectorAll("input")].filter((input) => input.value !== "");
  const parameters = Object.fromEntries(inputs.map(read));
  const fault = KINDS[kind]
    ? { transport: { kind, ...parameters } }
    : { respond: { status: Number(kind), ...parameters } };
  if (byId("on").value) fault.on = { operation: byId("on").value };
  if (byId("times").value) fault.times = Number(byId("times").value);
  return fault;
}

function whatHappens(fault) {
  const told = ({ kind, ...rest }) =>
    [kind, ...Object.entries(rest).map(([name, value]) => `${name.replaceAll("_", " ")} ${plainly(value)}`)].filter(Boolean);
  const what = fault.transport ? told(fault.transport) : told(fault.respond ?? {});
  if (fault.on) what.push(`where ${plainly(fault.on)}`);
  if (fault.name) what.unshift(fault.name);
  return what.join(", ");
}

function plainly(value) {
  if (typeof value !== "object" || value === null) return String(value);
  return Object.entries(value).map(([name, part]) => `${name.replaceAll("_", " ")} ${plainly(part)}`).join(" and ");
}

function showFaults(faults) {
  for (const id of faultRows.keys()) if (!faults.some((fault) => fault.id === id)) faultRows.delete(id);
  arrange(byId("fault-list"), faults.map((fault) => faultRow(fault)));
  const armed = faults.filter((fault) => fault.enabled !== false && !isSpent(fault)).length;
  byId("faults-count").textContent = String(armed);
  byId("faults-count").classList.toggle("some", 0 < armed);
  byId("no-faults").hidden = 0 < faults.length;
  byId("disarm-all").hidden = faults.length < 2;
}

function isSpent(fault) {
  return fault.times !== undefined && fault.times <= fault.hits;
}

function faultRow(fault) {
  let row = faultRows.get(fault.id);
  if (row === undefined) {
    const path = `faults/${fault.id}`;
    const on = el("input", {
      type: "checkbox",
      "aria-label": `fault ${fault.id} strikes`,
      onchange: () => act(on.checked ? "Switched on." : "Switched off.", path, "PATCH", { enabled: on.checked }),
    });
    const counts = el("span", { class: "quiet counts" });
    const disarm = el("button", {
      type: "button",
      "aria-label": `Disarm fault ${fault.id}`,
      onclick: () => act("Disarmed.", path, "DELETE"),
    }, "Disarm");
    const node = el("li", {}, on, el("span", { class: "what" }, `#${fault.id} ${whatHappens(fault)}`), counts, disarm);
    row = { node, on, counts };
    faultRows.set(fault.id, row);
  }
  row.on.checked = fault.enabled !== false;
  row.node.classList.toggle("spent", isSpent(fault));
  row.counts.textContent = `struck ${fault.hits}${fault.times === undefined ? "" : ` of ${fault.times}`} · seen ${fault.seen}`;
  return row.node;
}
