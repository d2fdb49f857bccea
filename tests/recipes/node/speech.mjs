// The program under test: it sends audio and returns the text.

import { setTimeout } from "node:timers/promises";

const PATH = "/speech/recognition/conversation/cognitiveservices/v1?language=en-US";

export async function transcribe(audio, { endpoint, key, attempts = 3 }) {
  const headers = {
    "Ocp-Apim-Subscription-Key": key,
    "Content-Type": "audio/wav; codecs=audio/pcm; samplerate=16000",
    Accept: "application/json",
  };
  for (let attempt = 1; ; attempt++) {
    const response = await fetch(endpoint + PATH, { method: "POST", headers, body: audio });
    if (response.ok) return (await response.json()).DisplayText;
    if (response.status !== 429 || attempt === attempts) throw new Error(`the service answers ${response.status}`);
    await setTimeout(100 * attempt);
  }
}
