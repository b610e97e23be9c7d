#!/usr/bin/env node
import { createInterface } from 'node:readline';
import { serializeError } from '../../../shared/errors/index.ts';
import type { HelperCommandName, HelperParams } from '../../../shared/helper/contract.ts';
import { clientFrameSchema, type HelperFrame, protocolVersion } from '../../../shared/helper/frames.ts';
import { FakeWorld } from './fake-world.ts';

// The simulated world as a program that speaks the helper's protocol; Node runs this file as it is. A few snapshots of
// the last days are there from the start; STILLPOINT_FAKE_PHASE_MS says how long a phase of a run takes.
const day = 86_400_000;
const world = new FakeWorld(Array.from({ length: 8 }, (_, n) => Date.now() - (8 - n) * day));
world.phaseMs = Number(process.env.STILLPOINT_FAKE_PHASE_MS ?? 400);

const cancels = new Map<number, AbortController>();
const say = (frame: HelperFrame): void => {
  process.stdout.write(`${JSON.stringify(frame)}\n`);
};

say({ type: 'hello', protocol: protocolVersion, version: 'simulated', pid: process.pid });
const lines = createInterface({ input: process.stdin });
lines.on('close', () => process.exit(0));
lines.on('line', (line) => {
  const frame = clientFrameSchema.parse(JSON.parse(line));
  if (frame.type === 'cancel') cancels.get(frame.id)?.abort();
  else void answer(frame.id, frame.command as HelperCommandName, frame.params as HelperParams<HelperCommandName>);
});

async function answer(id: number, name: HelperCommandName, params: HelperParams<HelperCommandName>): Promise<void> {
  const cancel = new AbortController();
  cancels.set(id, cancel);
  try {
    const onEvent = (event: unknown): void => say({ type: 'event', id, event });
    const result = await world.call(name, params, { signal: cancel.signal, onEvent });
    say({ type: 'response', id, ok: true, result });
  } catch (error) {
    say({ type: 'response', id, ok: false, error: serializeError(error) });
  } finally {
    cancels.delete(id);
  }
}
