import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { say, startEmulator } from "./emulator.mjs";
import { transcribe } from "./speech.mjs";

let emulator;
before(async () => (emulator = await startEmulator()));
after(() => emulator?.stop());

test("the words of a clip come back", async () => {
  const speech = emulator.speech();
  assert.equal(await transcribe(say("Remind me to buy five pencils."), speech), "Remind me to buy five pencils.");
  await emulator.expect(speech, { operation: "recognize", language: "en-US", times: 1 });
});

test("a throttled request is sent again", async () => {
  const speech = emulator.speech("429x1");
  assert.equal(await transcribe(say("Good morning."), speech), "Good morning.");
  await emulator.expect(speech, { operation: "recognize", times: 2 });
});

test("a service that is down is an error", async () => {
  const speech = emulator.speech("503");
  await assert.rejects(transcribe(say("Good morning."), speech), /503/);
  await emulator.expect(speech, { operation: "recognize", status: 503, times: 1 });
});
