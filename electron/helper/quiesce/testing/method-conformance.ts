import { describe, expect, it } from 'vitest';
import { earnLevel } from '../../../../shared/domain/earn-level.ts';
import { evidenceSchema } from '../../../../shared/domain/evidence.ts';
import { isAtLeast } from '../../../../shared/domain/level.ts';
import { isStillpointError } from '../../../../shared/errors/index.ts';
import type { SourceFacts } from '../../sources/contract.ts';
import type { Lease, PhaseReporter, QuiesceMethod, StillEvidence, StillOutcome, StillView } from '../contract.ts';
import { type ReadFile, readView } from './read-view.ts';
import { recordingReporter } from './recording-reporter.ts';

/** One source at rest, and a method to bring it to a still point. */
export interface MethodFixture<Facts extends SourceFacts> extends AsyncDisposable {
  readonly method: QuiesceMethod<Facts>;
  readonly facts: Facts;
  readonly lease: Lease;
  /** Whether the method holds writers at this moment, by its own account or the system's. */
  isHeld(): boolean;
  /** What is still there although the method is done: pins, processes, open files. Empty when all is well. */
  leftovers(): readonly string[];
  /** Makes the next hold end before the method is done with it. Null where nobody is ever held. */
  readonly endNextHoldEarly: (() => void) | null;
}

type Copy = ReadonlyMap<string, ReadFile>;

const evidencePartSchema = evidenceSchema.pick({
  hold: true,
  observation: true,
  agreement: true,
  atomic: true,
  flushedAt: true,
  stillPoint: true,
  leftOut: true,
  leftOutTotal: true,
  detail: true,
});

/** What every quiesce method promises, whatever it holds still. Each implementation runs this. */
export function describeMethodConformance<Facts extends SourceFacts>(
  name: string,
  open: () => Promise<MethodFixture<Facts>>,
  { holdsWriters }: { readonly holdsWriters: boolean },
): void {
  describe(name, () => {
    it('promises something in words, and touches nothing by it', async () => {
      await using fixture = await open();
      const promise = await fixture.method.preflight(fixture.facts, fixture.lease);
      expect(promise.method).toBe(fixture.method.name);
      expect(promise.available || promise.reasons.length > 0).toBe(true);
      expectNothingHeld(fixture);
    });

    it('calls use once, passes its value on, and tells how still it was', async () => {
      await using fixture = await open();
      const promise = await fixture.method.preflight(fixture.facts, fixture.lease);
      let calls = 0;
      const { signal } = new AbortController();
      const outcome = await fixture.method.withStillView(
        fixture.facts,
        fixture.lease,
        { signal, report: recordingReporter() },
        async (view) => {
          calls += 1;
          return readView(view, signal);
        },
      );
      expect(calls).toBe(1);
      expectNothingHeld(fixture);
      expectWholeFiles(outcome.value);
      expectCompleteEvidence(outcome.evidence);
      expect(levelOf(outcome)).toBe(promise.level);
    });

    it('gives the same files and level again', async () => {
      await using fixture = await open();
      const first = await take(fixture, new AbortController().signal);
      const second = await take(fixture, new AbortController().signal);
      expect(namesOf(second.value)).toEqual(namesOf(first.value));
      expect(levelOf(second)).toBe(levelOf(first));
    });

    it('tells nothing while writers are held', async () => {
      await using fixture = await open();
      const toldWhileHeld: string[] = [];
      const report = watched(recordingReporter(), (what) => {
        if (fixture.isHeld()) toldWhileHeld.push(what);
      });
      await take(fixture, new AbortController().signal, report);
      expect(toldWhileHeld).toEqual([]);
    });

    it('lets go before use is called', async () => {
      await using fixture = await open();
      let heldInUse: boolean | undefined;
      await take(fixture, new AbortController().signal, recordingReporter(), async () => {
        heldInUse = fixture.isHeld();
      });
      expect(heldInUse).toBe(false);
    });

    it('passes on what use throws, and holds nothing', async () => {
      await using fixture = await open();
      const failure = new Error('the repository is full');
      const taking = take(fixture, new AbortController().signal, recordingReporter(), async () => {
        throw failure;
      });
      await expect(taking).rejects.toBe(failure);
      expectNothingHeld(fixture);
    });

    it('does not begin when it was cancelled before', async () => {
      await using fixture = await open();
      const report = recordingReporter();
      let isUsed = false;
      const taking = take(fixture, AbortSignal.abort(), report, async () => {
        isUsed = true;
      });
      await expect(taking).rejects.toMatchObject({ kind: 'cancelled' });
      expect(isUsed).toBe(false);
      expectNothingHeld(fixture);
    });

    it('holds nothing after a cancel, at whatever moment', async () => {
      await using fixture = await open();
      const whole = recordingReporter();
      await take(fixture, new AbortController().signal, whole);
      for (let moment = 0; moment < whole.told.length; moment += 1) {
        const cancel = new AbortController();
        let told = 0;
        const report = watched(recordingReporter(), () => {
          if (told === moment) cancel.abort();
          told += 1;
        });
        let calls = 0;
        const outcome = await settled(
          take(fixture, cancel.signal, report, async () => {
            calls += 1;
          }),
        );
        if (outcome instanceof Error) expect(isStillpointError(outcome, 'cancelled'), String(outcome)).toBe(true);
        expect(calls).toBeLessThanOrEqual(1);
        expectNothingHeld(fixture);
      }
    });

    it('is cancelled in the middle of use', async () => {
      await using fixture = await open();
      const cancel = new AbortController();
      const taking = take(fixture, cancel.signal, recordingReporter(), async (view) => {
        cancel.abort();
        await readView(view, cancel.signal);
      });
      await expect(taking).rejects.toMatchObject({ kind: 'cancelled' });
      expectNothingHeld(fixture);
    });

    if (!holdsWriters) return;
    it('never claims a hold that ended early', async () => {
      await using fixture = await open();
      fixture.endNextHoldEarly?.();
      const taking = take(fixture, new AbortController().signal);
      await expect(taking).rejects.toMatchObject({ kind: 'freeze-ended-early', retryable: true });
      expectNothingHeld(fixture);
      // It was an accident, not a state: the next run is as good as any.
      const next = await take(fixture, new AbortController().signal);
      expectCompleteEvidence(next.evidence);
    });
  });
}

function take<Facts extends SourceFacts, T = Copy>(
  fixture: MethodFixture<Facts>,
  signal: AbortSignal,
  report: PhaseReporter = recordingReporter(),
  use: (view: StillView) => Promise<T> = (view) => readView(view, signal) as Promise<T>,
): Promise<StillOutcome<T>> {
  return fixture.method.withStillView(fixture.facts, fixture.lease, { signal, report }, use);
}

function expectNothingHeld(fixture: Pick<MethodFixture<SourceFacts>, 'isHeld' | 'leftovers'>): void {
  expect(fixture.isHeld()).toBe(false);
  expect(fixture.leftovers()).toEqual([]);
}

function expectWholeFiles(files: Copy): void {
  expect(files.size).toBeGreaterThan(0);
  for (const [path, { verdict, bytes }] of files) {
    expect(verdict.state, path).toBe('whole');
    if (verdict.state === 'whole') expect(BigInt(bytes.length), path).toBe(verdict.meta.size);
  }
}

/** Complete, and as good after a trip through the snapshot's own JSON. */
function expectCompleteEvidence(evidence: StillEvidence): void {
  expect(evidencePartSchema.safeParse(evidence).error).toBeUndefined();
  expect(evidence.leftOutTotal).toBeGreaterThanOrEqual(evidence.leftOut.length);
  const again = evidencePartSchema.parse(JSON.parse(JSON.stringify(evidence)));
  expect(again).toEqual(evidencePartSchema.parse(evidence));
}

function levelOf(outcome: StillOutcome<Copy>) {
  const { hold, observation, agreement, atomic, tracking = null, rereadTotal } = outcome.evidence;
  const verdicts = [...outcome.value.values()].map(({ verdict }) => verdict.state);
  const tornTotal = verdicts.filter((state) => state === 'torn').length;
  const files = {
    ...{ files: verdicts.length, directories: 0, others: 0, bytes: 0, rereadTotal, torn: [], tornTotal },
    ...{ unreadable: [], unreadableTotal: 0 },
  };
  const { level } = earnLevel({ hold, observation, agreement, atomic, tracking, files });
  const isHeldLevel = hold === null && isAtLeast(level, 'crash');
  // Strong levels rest on something of their own kind.
  if (isHeldLevel) expect(agreement ?? atomic).not.toBeNull();
  return level;
}

function namesOf(files: Copy): readonly string[] {
  return [...files.keys()].sort();
}

/** Calls `onTold` before everything that is told. */
function watched(report: PhaseReporter, onTold: (what: string) => void): PhaseReporter {
  return {
    phase: (name, work) => {
      onTold(`phase ${name}`);
      return report.phase(name, work);
    },
    past: (...args) => {
      onTold('past');
      report.past(...args);
    },
    advance: (...args) => {
      onTold('advance');
      report.advance(...args);
    },
    totals: (...args) => {
      onTold('totals');
      report.totals(...args);
    },
    held: (...args) => {
      onTold('held');
      report.held(...args);
    },
    note: (...args) => {
      onTold('note');
      report.note(...args);
    },
  };
}

async function settled<T>(promise: Promise<T>): Promise<T | Error> {
  try {
    return await promise;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}
