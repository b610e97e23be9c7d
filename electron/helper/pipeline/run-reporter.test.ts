import { describe, expect, it } from 'vitest';
import { runIdSchema } from '../../../shared/domain/ids.ts';
import { type RunEvent, runEventSchema } from '../../../shared/domain/run.ts';
import type { Clock } from './clock.ts';
import { RunReporter } from './run-reporter.ts';

function setUp() {
  const time = { ms: 1_000_000 };
  const clock: Clock = { now: () => time.ms, monotonic: () => time.ms };
  const events: RunEvent[] = [];
  const runId = runIdSchema.parse('0'.repeat(32));
  const reporter = new RunReporter(
    { runId, kind: 'backup', sourceId: null, repositoryId: null, askedAt: '2026-11-20T02:00:00Z', title: 'Documents' },
    (event) => events.push(runEventSchema.parse(event)),
    clock,
  );
  return { time, events, reporter };
}

describe('RunReporter', () => {
  it('closes a phase that failed, with its duration', async () => {
    const { time, events, reporter } = setUp();
    const work = async (): Promise<never> => {
      time.ms += 40;
      throw new Error('no');
    };
    await expect(reporter.phase('scan', work)).rejects.toThrow('no');
    expect(events.at(-1)).toMatchObject({ type: 'phase-finished', phase: 'scan', durationMs: 40 });
  });

  it('never shows more done than there is, nor a total that shrinks', async () => {
    const { time, events, reporter } = setUp();
    reporter.expect(2, 100);
    await reporter.phase('store', async () => {
      reporter.advance(1, 60, '/a');
      time.ms += 200;
      reporter.advance(2, 80, '/b');
      reporter.totals(1, 10);
      time.ms += 200;
      reporter.advance(0, 0);
    });
    const seen = events.flatMap((event) => (event.type === 'progress' ? [event.progress] : []));
    expect(seen.length).toBeGreaterThan(2);
    for (const progress of seen) {
      expect(progress.bytes).toBeLessThanOrEqual(progress.totalBytes ?? 0);
      expect(progress.files).toBeLessThanOrEqual(progress.totalFiles ?? 0);
    }
    expect(seen.at(-1)).toMatchObject({ bytes: 140, totalBytes: 140, files: 3, totalFiles: 3, current: '/b' });
  });

  it('estimates a time left only once there is a rate', async () => {
    const { time, events, reporter } = setUp();
    reporter.expect(10, 10_000);
    await reporter.phase('store', async () => {
      for (let step = 0; step < 4; step++) {
        reporter.advance(1, 1000);
        time.ms += 1000;
      }
      reporter.advance(0, 0);
    });
    const left = events.flatMap((event) => (event.type === 'progress' ? [event.progress.secondsLeft] : []));
    expect(left[0]).toBeNull();
    expect(left.at(-1)).toBeCloseTo(6, 0);
  });

  it('tells of a hold in the past, in order', () => {
    const { events, reporter } = setUp();
    reporter.past('freeze', 1_000_500, 12);
    expect(events.slice(1)).toMatchObject([
      { type: 'phase-started', phase: 'freeze', at: '1970-01-01T00:16:40.500Z' },
      { type: 'phase-finished', phase: 'freeze', at: '1970-01-01T00:16:40.512Z', durationMs: 12 },
    ]);
  });
});
