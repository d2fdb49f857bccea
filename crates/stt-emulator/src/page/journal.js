// The list of requests, kept up to date, and what the buttons do.

/** How many requests are shown at most; the journal may hold ten thousand. */
const SHOWN = 200;

/** Milliseconds between two looks at the emulator. */
const PAUSE = 500;

const rows = new Map();
let chosen = null;
let known = { path: "", tag: null };

async function refresh() {
  try {
    await Promise.all([refreshRequests(), refreshClock(), refreshFaults()]);
    live("live", "on");
  } catch (error) {
    known.tag = null;
    live(error instanceof TypeError ? "the emulator does not answer" : error.message, "off");
  }
}

function live(text, state) {
  const node = byId("live");
  if (node.textContent !== text) node.textContent = text;
  node.className = state;
}

async function refreshRequests() {
  const operation = byId("operation").value;
  const path = `requests?limit=${SHOWN}${operation && `&operation=${operation}`}${scope("&")}`;
  if (known.path !== path) known = { path, tag: null };
  const response = await ask(path, known.tag === null ? {} : { headers: { "If-None-Match": known.tag } });
  if (response.status === 304) return;
  const entries = await response.json();
  // Another filter was chosen meanwhile.
  if (known.path !== path) return;
  known.tag = response.headers.get("etag");
  showRequests(entries.reverse(), Number(response.headers.get("x-emulator-total")));
}

async function refreshClock() {
  const clock = await (await ask(`clock${scope("?")}`)).json();
  const ahead = 0 < clock.advanced ? [" ", el("b", {}, `+${Number(clock.advanced.toFixed(3)).toLocaleString("en")} s`)] : [];
  byId("clock").replaceChildren(timeOfDay(clock.now * 1_000), ...ahead);
}

async function refreshFaults() {
  showFaults(await (await ask(`faults${scope("?")}`)).json());
}

function showRequests(entries, total) {
  const isFirst = rows.size === 0;
  const names = new Set(entries.map(nameOf));
  for (const name of rows.keys()) if (!names.has(name)) rows.delete(name);
  for (const entry of entries) {
    if (rows.has(nameOf(entry))) continue;
    rows.set(nameOf(entry), { entry, node: requestRow(entry, isFirst) });
  }
  arrange(byId("requests"), entries.map((entry) => rows.get(nameOf(entry)).node));
  byId("empty").hidden = 0 < entries.length;
  byId("total").textContent = entries.length < total
    ? `the last ${entries.length} of ${total.toLocaleString("en")}`
    : `${total} ${total === 1 ? "request" : "requests"}`;
  offerTenants(entries);
  if (chosen === null && location.hash.length > 1) {
    const linked = entries.find((entry) => `#${entry.id}` === location.hash);
    if (linked) choose(linked);
  }
}

/** A number is given again when the emulator starts again; the time with it is another one. */
function nameOf(entry) {
  return `${entry.id} ${entry.at_ms}`;
}

function requestRow(entry, isFirst) {
  const under = [
    `#${entry.id}`,
    entry.operation === "recognize" ? null : entry.operation,
    parameter(entry, "language"),
    entry.heard_by,
    entry.audio_ms === null ? null : seconds(entry.audio_ms),
    entry.text === null ? entry.rules.at(-1) : null,
  ].filter(Boolean).join(" · ");
  const button = el("button", { class: "row", type: "button", onclick: () => choose(entry, true) },
    badge(entry),
    el("span", { class: "title" }, titleOf(entry)),
    el("time", { datetime: new Date(Math.min(entry.at_ms, LAST_MOMENT)).toISOString() }, timeOfDay(entry.at_ms)),
    el("span", { class: "under quiet" }, under));
  return el("li", { class: isFirst ? null : "fresh", "data-id": String(entry.id) }, button);
}

function choose(entry, byHand = false) {
  const before = chosen;
  chosen = entry;
  for (const { entry: other, node } of rows.values()) {
    node.firstElementChild.setAttribute("aria-current", String(other === entry));
  }
  byId("panes").classList.toggle("chosen", entry !== null);
  history.replaceState(null, "", entry === null ? location.pathname : `#${entry.id}`);
  if (entry !== null) {
    showDetail(entry);
    byId("detail").scrollTop = 0;
    if (byHand && byId("requests").offsetParent === null) byId("detail").focus();
    return;
  }
  stop();
  byId("detail").replaceChildren(el("p", { class: "empty quiet" }, "Choose a request to see its audio, and why it was answered so."));
  if (before !== null) rows.get(nameOf(before))?.node.firstElementChild.focus();
}

function offerTenants(entries) {
  const select = byId("tenant");
  const offered = new Set([...select.options].map((option) => option.value));
  for (const { tenant } of entries) {
    if (tenant === null || offered.has(tenant)) continue;
    offered.add(tenant);
    select.append(el("option", { value: tenant }, tenant));
  }
}

/** The arrows go up and down in the list, and Escape leaves a request. */
function onKey(event) {
  if (event.key === "Escape" && chosen !== null) return choose(null);
  const row = document.activeElement?.closest?.("#requests > li");
  if (!row || !["ArrowDown", "ArrowUp"].includes(event.key)) return;
  const next = event.key === "ArrowDown" ? row.nextElementSibling : row.previousElementSibling;
  event.preventDefault();
  if (!next) return;
  next.firstElementChild.focus();
  if (chosen !== null) next.firstElementChild.click();
}

async function begin() {
  offerKinds();
  byId("endpoint").textContent = `AZURE_SPEECH_ENDPOINT=${location.origin}`;
  document.addEventListener("keydown", onKey);
  for (const id of ["operation", "tenant"]) byId(id).addEventListener("change", refresh);
  byId("advance").addEventListener("submit", (event) => {
    event.preventDefault();
    act("The clock was moved.", "clock/advance", "POST", { seconds: Number(byId("seconds").value) });
  });
  byId("clear").addEventListener("click", () => {
    choose(null);
    act("The journal was cleared.", "requests", "DELETE");
  });
  byId("reset").addEventListener("click", () => {
    choose(null);
    act("Everything was put back.", "reset", "POST");
  });
  byId("faults-button").addEventListener("click", () => {
    byId("faults").hidden = !byId("faults").hidden;
    byId("faults-button").setAttribute("aria-expanded", String(!byId("faults").hidden));
  });
  byId("arm").addEventListener("submit", (event) => {
    event.preventDefault();
    act("Armed.", "faults", "POST", described());
  });
  byId("disarm-all").addEventListener("click", () => act("All are disarmed.", "faults", "DELETE"));
  for (;;) {
    if (!document.hidden) {
      if (rules.size === 0) await learn();
      await refresh();
    }
    await new Promise((resume) => { setTimeout(resume, PAUSE); });
  }
}

/** What the page needs to know once. */
async function learn() {
  try {
    const [version, fidelity] = await Promise.all(["version", "fidelity"].map(async (path) => (await ask(path)).json()));
    byId("version").textContent = version.version;
    rules = new Map(fidelity.map((rule) => [rule.id, rule]));
  } catch {
    // The next look says that the emulator does not answer.
  }
}

/** The last second of the year 9999, beyond which dates have another form. */
const LAST_MOMENT = 253_402_300_799_000;

begin();
