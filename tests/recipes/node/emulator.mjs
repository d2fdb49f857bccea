// One emulator for the tests of a file, and a key of its own for each test.

import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createInterface } from "node:readline";

export async function startEmulator() {
  const child = spawn("stt-emulator", ["--listen", "127.0.0.1:0", "--keys", "any"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(child, "exit");
  const [line] = await Promise.race([
    once(createInterface({ input: child.stdout }), "line"),
    ended.then(([code]) => Promise.reject(new Error(`stt-emulator ended with ${code}`))),
  ]);
  const { endpoint, admin } = JSON.parse(line);
  return {
    /** What a program needs; with "503", "429x2", "reset" and so on its recognitions fail so. */
    speech: (fault) => ({ endpoint, key: `${fault ? `emu-${fault}.` : "test-"}${randomUUID()}` }),

    /** Fails with what came nearest, unless the requests with the key were so. */
    async expect({ key }, what) {
      const body = JSON.stringify(what);
      const response = await fetch(`${admin}requests/assert?key=${key}`, { method: "POST", body });
      const answer = await response.json();
      assert.ok(response.ok, answer.error?.message);
    },

    async stop() {
      child.kill();
      await ended;
    },
  };
}

/** A clip that says a text. */
export const say = (text) => execFileSync("stt-emulator", ["synth", text, "-o", "-"]);
