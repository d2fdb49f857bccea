// What all parts of the page need. The parts stand in one script, one behind the other.

"use strict";

// What clients send is hostile. Everything here reaches the document as text or as an attribute of the page's own
// making; the policy that the page is served with refuses HTML made of strings.

const byId = (id) => document.getElementById(id);

/** An element with attributes, handlers (`onclick` and the like) and children, which are elements or text. */
function el(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === "function") node.addEventListener(key.slice(2), value);
    else if (value !== null && value !== undefined && value !== false) node.setAttribute(key, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
  return node;
}

/** Makes `parent` hold these nodes in this order, and leaves alone what is in its place: it may have the focus. */
function arrange(parent, nodes) {
  const wanted = new Set(nodes);
  for (const child of [...parent.children]) if (!wanted.has(child)) child.remove();
  let place = parent.firstElementChild;
  for (const node of nodes) {
    if (node === place) place = place.nextElementSibling;
    else parent.insertBefore(node, place);
  }
}

/** Asks the emulator for something; what it refuses is an error that says why. */
async function ask(path, options = {}) {
  const response = await fetch(path, { cache: "no-store", ...options });
  if (response.ok || response.status === 304) return response;
  const told = await response.json().catch(() => ({}));
  throw new Error(told.error?.message ?? `${path}: ${response.status}`);
}

/** Does what a button is for, and says what came of it. */
async function act(done, path, method, body) {
  try {
    const options = { method };
    if (body !== undefined) {
      options.headers = { "Content-Type": "application/json" };
      options.body = JSON.stringify(body);
    }
    await ask(path + scope("?"), options);
    say(done);
  } catch (error) {
    say(error.message, true);
  }
  await refresh();
}

let silence;

function say(text, isBad = false) {
  const said = byId("said");
  said.textContent = text;
  said.className = isBad ? "bad" : "";
  said.hidden = false;
  clearTimeout(silence);
  silence = setTimeout(() => { said.hidden = true; }, isBad ? 10_000 : 3_000);
}

/** The tenant that everything on the page is about, as a parameter behind `mark`; all of them where none is chosen. */
function scope(mark) {
  const tenant = byId("tenant").value;
  return tenant ? `${mark}key=${tenant}` : "";
}

function header(entry, name) {
  return entry.headers.find(([other]) => other === name)?.[1];
}

function parameter(entry, name) {
  return entry.query.find(([other]) => other.toLowerCase() === name)?.[1];
}

function seconds(ms) {
  if (120_000 <= ms) return `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1_000)} s`;
  return ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(ms < 10_000 ? 2 : 1)} s`;
}

function size(bytes) {
  if (bytes < 10_000) return `${bytes.toLocaleString("en")} bytes`;
  return bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

function timeOfDay(ms, parts = {}) {
  const options = { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23", ...parts };
  return new Date(ms).toLocaleTimeString("en", options);
}

function badge(entry) {
  const status = entry.status;
  const kind = status === null || 500 <= status ? "bad" : 400 <= status ? "poor" : "good";
  return el("span", { class: `badge ${kind}`, title: status === null ? "nothing was answered" : "the HTTP status" },
    status === null ? "none" : String(status));
}
