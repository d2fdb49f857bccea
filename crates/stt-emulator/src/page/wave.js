// The audio of a request: its shape, its words, its sound.

/** The waveform of a request's audio with its words below, and what can be done with it. */
function audioPart(entry) {
  const part = el("section", { class: "audio" }, el("h3", {}, "Audio"));
  const facts = [];
  if (entry.audio_ms !== null) facts.push(seconds(entry.audio_ms));
  if (entry.body_bytes !== null) facts.push(size(entry.body_bytes));
  if (!entry.body_bytes) {
    const why = entry.body_bytes === 0 ? "The body was empty." : "There is none: the body was not read to its end.";
    part.append(el("p", { class: "quiet" }, why));
    return part;
  }
  const fill = (waveform, remark) => {
    const end = waveform.shown_ms || entry.audio_ms || Math.max(1, ...entry.words.map((word) => word.offset_ms + word.duration_ms));
    if (0 < waveform.peaks.length || 0 < entry.words.length) part.append(wave(waveform.peaks, entry.words, end));
    const note = [...facts, remark].filter(Boolean).join(" · ");
    const below = el("div", { class: "below" }, el("span", { class: "quiet" }, note));
    if (waveform.kept) {
      below.append(
        el("button", { type: "button", onclick: (event) => play(entry, part, event.target, end) }, "Play"),
        el("a", { class: "button", href: `requests/${entry.id}/audio`, download: `request-${entry.id}` }, "Download"));
    }
    part.append(below);
  };
  const about = (waveform) => {
    if (waveform.peaks.length === 0) return "no waveform: nothing that could be listened to";
    const loudest = Math.max(...waveform.peaks);
    const level = loudest === 0 ? "all samples are zero" : `loudest ${decibels(loudest)} dBFS`;
    const cut = entry.audio_ms !== null && waveform.shown_ms + 1_000 < entry.audio_ms;
    return cut ? `${level} · drawn to ${seconds(waveform.shown_ms)}, as far as it is listened to` : level;
  };
  const none = { peaks: [], shown_ms: 0, kept: false };
  part.setAttribute("aria-busy", "true");
  ask(`requests/${entry.id}/waveform`)
    .then((response) => response.json())
    .then((waveform) => fill({ ...waveform, kept: true }, about(waveform)))
    .catch((error) => fill(none, error.message))
    .finally(() => part.removeAttribute("aria-busy"));
  return part;
}

/** Peaks, words and a time line over `end` milliseconds; it scrolls where the words need more room. */
function wave(peaks, words, end) {
  const percent = (ms) => `${(100 * Math.min(ms, end)) / end}%`;
  const time = el("div", { class: "time" });
  time.style.width = `${Math.round(Math.min((end / 1_000) * pace(words), WIDEST))}px`;
  const lie = (node, word) => {
    node.style.left = percent(word.offset_ms);
    node.style.width = percent(word.duration_ms);
    return node;
  };
  time.append(...words.map((word) => lie(el("div", { class: "span" }), word)));
  if (0 < peaks.length) time.append(picture(peaks));
  if (0 < words.length) {
    const range = (word) => `${word.word}: ${seconds(word.offset_ms)} to ${seconds(word.offset_ms + word.duration_ms)}`;
    const shown = words.map((word) => lie(el("span", { class: "word", title: range(word) }, word.word), word));
    time.append(el("div", { class: "words" }, ...shown));
  }
  const ticks = el("div", { class: "ticks", "aria-hidden": "true" });
  const step = STEPS.find((step) => end / step <= Math.max(6, parseInt(time.style.width, 10) / 90)) ?? STEPS.at(-1);
  for (let at = 0; at < end; at += step) {
    const tick = el("span", { class: "tick" }, `${at / 1_000} s`);
    tick.style.left = percent(at);
    ticks.append(tick);
  }
  time.append(ticks);
  return el("div", { class: "wave", tabindex: "0", role: "group", "aria-label": "Waveform and words" }, time);
}

/** How many pixels a second needs so that every word has room. */
function pace(words) {
  const needed = words.map((word) => (word.word.length * 7.5 + 12) / Math.max(word.duration_ms / 1_000, 0.05));
  return Math.min(Math.max(0, ...needed), 320);
}

/** The peaks as one shape around the middle; audio that is quieter than a tenth of full scale is drawn as it is. */
function picture(peaks) {
  const space = "http://www.w3.org/2000/svg";
  const top = Math.max(3_277, ...peaks);
  const height = (peak) => Math.max(peak / top, 0.012).toFixed(3);
  const above = peaks.map((peak, at) => `L${at} -${height(peak)}L${at + 1} -${height(peak)}`);
  const below = peaks.map((peak, at) => `L${at + 1} ${height(peak)}L${at} ${height(peak)}`).reverse();
  const path = document.createElementNS(space, "path");
  path.setAttribute("d", `M0 0${above.join("")}L${peaks.length} 0${below.join("")}Z`);
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("viewBox", `0 -1.06 ${peaks.length} 2.12`);
  svg.setAttribute("preserveAspectRatio", "none");
  svg.setAttribute("aria-hidden", "true");
  svg.append(path);
  return svg;
}

/** A sample of 16 bits beside full scale. */
function decibels(sample) {
  return (20 * Math.log10(sample / 32_768)).toFixed(1).replace("-0.0", "0.0").replace("-", "\u2212");
}

let player = null;

/** Plays the audio of a request, or stops it; a line goes along, and the word that is said is marked. */
async function play(entry, part, button, end) {
  if (player !== null) return stop();
  const mine = { audio: null, over: () => { button.textContent = "Play"; } };
  player = mine;
  button.textContent = "Stop";
  try {
    const response = await ask(`requests/${entry.id}/audio`);
    const url = URL.createObjectURL(await response.blob());
    const audio = new Audio(url);
    mine.audio = audio;
    mine.url = url;
    if (player !== mine) return URL.revokeObjectURL(url);
    audio.addEventListener("ended", stop);
    await audio.play();
  } catch {
    if (player === mine) {
      say("This browser cannot play the audio; download it instead.", true);
      stop();
    }
    return;
  }
  const line = el("div", { class: "head" });
  part.querySelector(".time")?.append(line);
  const marked = [...part.querySelectorAll(".word")];
  mine.over = () => {
    button.textContent = "Play";
    line.remove();
    marked.forEach((word) => word.classList.remove("now"));
  };
  const follow = () => {
    if (player !== mine) return;
    const now = mine.audio.currentTime * 1_000;
    line.style.left = `${(100 * Math.min(now, end)) / end}%`;
    entry.words.forEach((word, at) => {
      marked[at]?.classList.toggle("now", word.offset_ms <= now && now < word.offset_ms + word.duration_ms);
    });
    requestAnimationFrame(follow);
  };
  follow();
}

function stop() {
  if (player === null) return;
  const { audio, url, over } = player;
  player = null;
  audio?.pause();
  if (url) URL.revokeObjectURL(url);
  over();
}

/** Pixels; wider ones are drawn badly. */
const WIDEST = 16_000;

/** Distances of the marks on the time line in milliseconds. */
const STEPS = [100, 200, 500, 1_000, 2_000, 5_000, 10_000, 30_000, 60_000, 300_000];
