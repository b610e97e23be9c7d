import { expect, it } from 'vitest';
import type { ContentSink } from '../contract.ts';
import { pacedSink, paceOf } from './paced-sink.ts';

const { signal } = new AbortController();

/** What came, and what was paid for it, in order. */
function counting() {
  const seen: string[] = [];
  const sink: ContentSink = {
    data: async ({ length }) => void seen.push(`data ${length}`),
    hole: async (length) => void seen.push(`hole ${length}`),
    same: async (length) => void seen.push(`same ${length}`),
    restart: () => void seen.push('restart'),
  };
  const pace = {
    beforeRead: async (bytes: number): Promise<void> => {
      seen.push(`asked for ${bytes}`);
      await Promise.resolve();
      seen.push('allowed');
    },
  };
  return { seen, sink, pace };
}

it('passes bytes on when they are paid for', async () => {
  const { seen, sink, pace } = counting();
  await pacedSink(sink, pace).data(Buffer.alloc(7));
  expect(seen).toEqual(['asked for 7', 'allowed', 'data 7']);
});

it('asks nothing for what is not read', async () => {
  const { seen, sink, pace } = counting();
  const paced = pacedSink(sink, pace);
  await paced.hole(5_000_000);
  await paced.same(7);
  paced.restart();
  expect(seen).toEqual(['hole 5000000', 'same 7', 'restart']);
});

it('is the sink itself where nothing is limited', () => {
  const { sink } = counting();
  expect(paceOf({ signal })).toBeUndefined();
  expect(pacedSink(sink, paceOf({ signal }))).toBe(sink);
});

it('keeps to the rate of the run, and ends when the run is cancelled', async () => {
  const cancel = new AbortController();
  const pace = paceOf({ liveBytesPerSecond: 1_000, signal: cancel.signal });
  expect(pace?.isLimited).toBe(true);
  const { sink } = counting();
  const paced = pacedSink(sink, pace);
  const waiting = paced.data(Buffer.alloc(1_000_000)).then(() => paced.data(Buffer.alloc(1)));
  cancel.abort();
  await expect(waiting).rejects.toMatchObject({ kind: 'cancelled' });
});
