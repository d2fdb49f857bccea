// The command that sends a request again.

/** A command that sends the same request again; the key is a variable, and the audio comes from the journal. */
function curl(entry) {
  const lines = [];
  const left = [];
  const isSound = (value) => !value.includes("fingerprint ") && value.length < CUT;
  const query = [];
  for (const [name, value] of entry.query) {
    if (isSound(name) && isSound(value)) query.push(`${encodeURIComponent(name)}=${encodeURIComponent(value)}`);
    else left.push(name);
  }
  const path = entry.path.replaceAll(" ", "-");
  const url = `${location.origin}${path}${query.length ? `?${query.join("&")}` : ""}`;
  if (!isSound(entry.path)) left.push("a part of the path");
  const method = entry.method === "HEAD" ? "--head" : `--request ${quoted(entry.method)}`;
  lines.push(`curl --silent --show-error --globoff --path-as-is ${method} ${quoted(url)}`);
  for (const [name, value] of entry.headers) {
    if (name === KEY) {
      lines.push('--header "Ocp-Apim-Subscription-Key: $AZURE_SPEECH_KEY"');
    } else if (name === "authorization") {
      const token = `$(curl -fsS -d '' -H "Ocp-Apim-Subscription-Key: $AZURE_SPEECH_KEY" ${quoted(`${location.origin}/sts/v1.0/issueToken`)})`;
      lines.push(`--header "Authorization: Bearer ${token}"`);
    } else if (CURLS_OWN.includes(name)) {
      continue;
    } else if (isSound(name) && isSound(value)) {
      lines.push(`--header ${quoted(value === "" ? `${name};` : `${name}: ${value}`)}`);
    } else {
      left.push(name);
    }
  }
  if (!entry.headers.some(([name]) => name === "content-type")) lines.push("--header 'Content-Type:'");
  let first = "";
  if (entry.body_bytes) {
    first = `curl -fsS ${quoted(`${location.origin}/__emulator/audio/${entry.body_sha256}`)} |\n  `;
    lines.push("--data-binary @-");
  } else if (!["GET", "HEAD", "OPTIONS"].includes(entry.method)) {
    lines.push("--data-binary ''");
  }
  const remark = left.length ? `# left out, as the journal does not hold them whole: ${left.map(plain).join(", ")}\n` : "";
  return remark + first + lines.join(" \\\n  ");
}

/** One word of a shell, whatever is in it. */
function quoted(text) {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** What cannot end a comment of a shell. */
function plain(name) {
  return name.replace(/[^\x21-\x7e]/g, "?");
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    say("Copied.");
  } catch {
    say("The browser does not let this page copy; the command stands below.", true);
  }
}

const KEY = "ocp-apim-subscription-key";

/** Header fields that curl makes itself. */
const CURLS_OWN = ["accept-encoding", "connection", "content-length", "host"];

/** The journal keeps so many characters of a value. */
const CUT = 1_024;
