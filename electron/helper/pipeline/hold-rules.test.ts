import { describe, expect, it } from 'vitest';
import { evidenceSchema } from '../../../shared/domain/evidence.ts';
import type { HookCall } from '../../../shared/domain/hooks.ts';
import { repositoryIdSchema, runIdSchema, sourceIdSchema } from '../../../shared/domain/ids.ts';
import { defaultPolicy } from '../../../shared/domain/policy.ts';
import type { MethodPromise } from '../../../shared/domain/preflight.ts';
import type { RunEvent, RunResult } from '../../../shared/domain/run.ts';
import { weekdays } from '../../../shared/domain/schedule/schedule.ts';
import { defaultStillRules, type StillRules } from '../../../shared/domain/still-rules.ts';
import { StillpointError } from '../../../shared/errors/index.ts';
import type { QuiesceContext, QuiesceMethod } from '../quiesce/contract.ts';
import type { Hooks } from '../quiesce/index.ts';
import { memoryRepository } from '../repository/testing/memory-repository.ts';
import { MemoryDatabase } from '../sources/testing/memory-database.ts';
import { memoryDatabaseBackup, memoryDatabaseSource } from '../sources/testing/memory-database-source.ts';
import { type BackupStages, backup } from './backup.ts';
import type { HoldConditions } from './hold-rules.ts';
import { preflightOf } from './preflight.ts';
import { readEvidence } from './read-evidence.ts';
import { RunReporter } from './run-reporter.ts';

const signal = new AbortController().signal;
const night = { days: [...weekdays], from: '22:00', to: '06:00' };
const noonWords = 'Writers may be held between 22:00 and 06:00 only.';
const batteryWords = 'Writers are not held while the computer runs on battery.';
const notHeld = 'Nothing was held still.';

/** Noon, on mains, a disk at rest; what was waited is counted, and the clock goes on with it. */
function machine(more: Partial<{ clock: string; onMains: boolean | null; uses: number[] }> = {}) {
  const { clock = '12:00', onMains = true, uses = [] } = more;
  const state = { at: Date.parse(`2026-06-05T${clock}:00Z`), waitedMs: 0, looks: 0, asked: 0 };
  const conditions: HoldConditions = {
    now: () => state.at,
    zone: () => 'UTC',
    onMains: async () => {
      state.asked += 1;
      return onMains;
    },
    diskUse: () => () => uses[Math.min(state.looks++, uses.length - 1)] ?? 0,
    pause: async (ms) => {
      state.waitedMs += ms;
      state.at += ms;
    },
  };
  return { state, conditions };
}

/** Asks, right before it would hold, as a method does; `onHold` stands for what happens before that. */
function holding(name: 'precopy-freeze' | 'fsfreeze-copy', begun: string[], onHold?: () => void): QuiesceMethod {
  const inner = memoryDatabaseBackup as QuiesceMethod<never> as unknown as QuiesceMethod;
  const promise: MethodPromise = {
    ...{ method: name, available: true, level: 'filesystem', expectedStallMs: name === 'precopy-freeze' ? 5 : 90 },
    ...{ reasons: [], remedies: [] },
  };
  return {
    name,
    preflight: async () => promise,
    async withStillView(facts, lease, context: QuiesceContext, use) {
      begun.push(name);
      onHold?.();
      await context.mayHold?.();
      await using _told = await context.aroundHold?.();
      begun.push(`${name} holds`);
      return inner.withStillView(facts, lease, context, use);
    },
  };
}

function live(): QuiesceMethod {
  const inner = memoryDatabaseBackup as QuiesceMethod<never> as unknown as QuiesceMethod;
  const promise: MethodPromise = {
    ...{ method: 'live', available: true, level: 'per-file', expectedStallMs: 0, reasons: [], remedies: [] },
  };
  return { ...inner, name: 'live', preflight: async () => promise };
}

async function run(still: Partial<StillRules>, more: Partial<BackupStages> = {}, onHold?: () => void) {
  const database = new MemoryDatabase();
  database.put('a', '1');
  const source = memoryDatabaseSource(new Map([['shop', database]]));
  const begun: string[] = [];
  const stages: BackupStages = {
    examine: () => source.examine({ kind: 'memory-database', name: 'shop' }, { own: { paths: [] }, signal }),
    methodsFor: () => [holding('precopy-freeze', begun, onHold), holding('fsfreeze-copy', begun), live()],
    ...{ kernel: '6.18', version: '0.0.0' },
    author: { hostname: 'desk', username: 'anna', uid: 1000, gid: 1000 },
    ...more,
  };
  const { repository } = await memoryRepository();
  const repositoryId = repositoryIdSchema.parse(repository.id);
  const runId = runIdSchema.parse('7'.repeat(32));
  const sourceId = sourceIdSchema.parse('made-up-1');
  const start = { runId, kind: 'backup', sourceId, repositoryId, askedAt: '2026-06-05T12:00:00Z', title: 'x' } as const;
  const events: RunEvent[] = [];
  const job = {
    ...start,
    sourceName: 'Shop',
    spec: { kind: 'filesystem' as const, path: '/shop', excludes: [], excludePresets: [], ignoreLines: [] },
    policy: { ...defaultPolicy(repositoryId, 'filesystem'), still: { ...defaultStillRules, ...still } },
    trigger: 'person' as const,
  };
  const result: RunResult = await backup(
    job,
    repository,
    stages,
    new RunReporter(start, (e) => events.push(e)),
    signal,
  );
  const [snapshot] = (await repository.snapshots.list()).snapshots;
  const evidence = evidenceSchema.parse(await readEvidence(repository, snapshot?.tree ?? ('' as never)));
  const notes = events.flatMap((event) => (event.type === 'note' ? [event.text] : []));
  return { result, begun, evidence, why: evidence.whyNotStronger, notes, stages, job };
}

describe('rules of holding', () => {
  it('keep every method that holds from being begun, and say why once', async () => {
    const { conditions } = machine();
    const { begun, evidence, why, notes, result } = await run({ windows: [night] }, { holdConditions: conditions });
    expect(begun).toEqual([]);
    expect(evidence.method).toBe('live');
    expect(why).toEqual([
      `Copying first and holding still for the rest was not possible, nor was holding still for the whole copy: ${noonWords}`,
    ]);
    expect(notes).toEqual([noonWords]);
    expect(result.snapshotId).not.toBeNull();
  });

  it('let it hold when it is time', async () => {
    const { begun, why } = await run({ windows: [night] }, { holdConditions: machine({ clock: '23:00' }).conditions });
    expect([begun, why]).toEqual([['precopy-freeze', 'precopy-freeze holds'], []]);
  });

  it('are asked again right before the pause, because reading took its time', async () => {
    const late = machine({ clock: '05:59' });
    const { evidence, why, notes } = await run({ windows: [night] }, { holdConditions: late.conditions }, () => {
      late.state.at += 3_600_000;
    });
    expect(evidence).toMatchObject({ method: 'live', attempts: 3 });
    expect(why).toEqual([
      `Copying first and holding still for the rest was tried and given up, and so was holding still for the whole copy: ${noonWords}`,
    ]);
    expect(notes[0]).toBe(`Copying first and holding still for the rest was tried and given up: ${noonWords}`);
  });

  it('know a battery where that matters, and ask for it only there', async () => {
    const onBattery = machine({ onMains: false });
    expect((await run({ onBattery: 'live' }, { holdConditions: onBattery.conditions })).why.join()).toContain(
      batteryWords,
    );
    const unasked = machine({ onMains: false });
    expect((await run({}, { holdConditions: unasked.conditions })).why).toEqual([]);
    expect(unasked.state.asked).toBe(0);
    expect((await run({ onBattery: 'live' }, { holdConditions: machine({ onMains: null }).conditions })).why).toEqual(
      [],
    );
  });

  it('wait for a quieter disk, and hold as soon as it is', async () => {
    const busy = machine({ uses: [1, 0.9, 0.2] });
    const { begun, notes } = await run({}, { holdConditions: busy.conditions });
    expect(begun).toContain('precopy-freeze holds');
    expect(busy.state.waitedMs).toBe(750);
    expect(notes).toEqual(['The disk of memory://shop is busy; waiting up to 10 s for a quieter moment.']);
  });

  it('hold all the same, or not at all, when it stays busy, as was said', async () => {
    const held = machine({ uses: [1] });
    const first = await run({ busyDisk: { waitSeconds: 2, afterwards: 'hold' } }, { holdConditions: held.conditions });
    expect(first.begun).toContain('precopy-freeze holds');
    expect(held.state.waitedMs).toBe(2000);
    expect(first.notes.at(-1)).toBe('The disk stayed busy; writers are held all the same, which may take longer.');
    const given = machine({ uses: [1] });
    const second = await run(
      { busyDisk: { waitSeconds: 2, afterwards: 'live' } },
      { holdConditions: given.conditions },
    );
    expect(second.evidence.method).toBe('live');
    expect(second.why).toEqual([
      'Copying first and holding still for the rest was tried and given up, and so was holding still for the whole copy: Other programs kept the disk busy for 2 seconds, and writers are not held then.',
    ]);
  });

  it('do not look at a disk where nothing would come of it', async () => {
    const busy = machine({ uses: [1] });
    await run({ busyDisk: { waitSeconds: 0, afterwards: 'hold' } }, { holdConditions: busy.conditions });
    expect(busy.state).toMatchObject({ looks: 0, waitedMs: 0 });
    const blind = { ...busy.conditions, diskUse: () => undefined };
    const { begun } = await run({ busyDisk: { waitSeconds: 9, afterwards: 'live' } }, { holdConditions: blind });
    expect(begun).toContain('precopy-freeze holds');
  });

  it('are told to whoever is about to add a source, who is promised what it gets at its best', async () => {
    const { stages, job } = await run({});
    const still = { ...defaultStillRules, windows: [night] };
    const promised = await preflightOf(job.spec, { ...job.policy, still }, stages, signal);
    expect(promised.chosen).toMatchObject({ method: 'precopy-freeze', available: true, reasons: [noonWords] });
    expect(promised.considered.at(-1)).toMatchObject({ method: 'live', reasons: [] });
  });
});

describe('hooks of a run', () => {
  const called: HookCall = { name: '10-shop', when: 'freeze', ok: true, durationMs: 3, problem: '' };
  function hooks(more: Partial<Omit<Hooks, 'list'>> = {}) {
    const calls: HookCall[] = [];
    const asked: string[][] = [];
    const made: Omit<Hooks, 'list'> = {
      problem: () => null,
      forRun: (names) => ({
        calls,
        around: async () => {
          asked.push([...names]);
          calls.push(called);
          return {
            [Symbol.asyncDispose]: async () => {
              calls.push({ ...called, when: 'thaw', ok: false, problem: 'The hook 10-shop failed after the pause.' });
            },
          };
        },
      }),
      thawLeftovers: async () => [],
      takeUntold: () => [],
      ...more,
    };
    return { made, asked };
  }

  it('are in the evidence, and one that failed after the pause is a warning', async () => {
    const { made, asked } = hooks();
    const { evidence, result } = await run({ hooks: ['10-shop'] }, { hooks: made });
    expect(asked).toEqual([['10-shop']]);
    expect(evidence.hooks).toEqual([
      called,
      { ...called, when: 'thaw', ok: false, problem: 'The hook 10-shop failed after the pause.' },
    ]);
    expect(result).toMatchObject({
      outcome: 'warnings',
      warnings: [
        {
          code: 'hook-failed',
          text: 'The hook 10-shop failed after the pause. What it had paused may still be paused.',
        },
      ],
    });
  });

  it('that cannot be called keep writers from being held, in their own words', async () => {
    const words = 'The hook 10-shop is not in /etc/stillpoint/hooks.d.';
    const { made, asked } = hooks({ problem: () => words });
    const { begun, why } = await run({ hooks: ['10-shop'] }, { hooks: made });
    expect([begun, asked, why.length, why.join().includes(words)]).toEqual([[], [], 1, true]);
  });

  it('that cannot get ready end the hold and not the run', async () => {
    const refusal = new StillpointError({
      ...{ kind: 'freeze-refused', guidance: '', message: `The hook 10-shop failed before the pause. ${notHeld}` },
    });
    const { made } = hooks({
      forRun: () => ({
        calls: [{ ...called, ok: false }],
        around: async () => {
          throw refusal;
        },
      }),
    });
    const { evidence, why } = await run({ hooks: ['10-shop'] }, { hooks: made });
    expect(evidence).toMatchObject({ method: 'live', hooks: [{ name: '10-shop', ok: false }] });
    expect(why.join()).toContain('The hook 10-shop failed before the pause. Nothing was held still.');
  });

  it('without anybody to call them are no reason to hold without them', async () => {
    const { why } = await run({ hooks: ['10-shop'] });
    expect(why.join()).toContain('Hooks cannot be called here.');
  });

  it('that were found waiting are told of in the next run', async () => {
    const told = 'A backup of Shop was cut short after the hook 10-shop had been called.';
    const { made } = hooks({ takeUntold: () => [told] });
    expect((await run({}, { hooks: made })).notes).toEqual([told]);
  });
});
