import { describe, expect, it } from 'vitest';
import { earnLevel } from '../../../shared/domain/earn-level.ts';
import { evidenceSchema } from '../../../shared/domain/evidence.ts';
import { repositoryIdSchema, runIdSchema, sourceIdSchema } from '../../../shared/domain/ids.ts';
import type { ConsistencyLevel } from '../../../shared/domain/level.ts';
import { defaultPolicy } from '../../../shared/domain/policy.ts';
import type { RunEvent, RunTrigger } from '../../../shared/domain/run.ts';
import { StillpointError } from '../../../shared/errors/index.ts';
import type { QuiesceMethod } from '../quiesce/contract.ts';
import type { Repository } from '../repository/index.ts';
import { assertHealthy } from '../repository/testing/assert-healthy.ts';
import { memoryRepository } from '../repository/testing/memory-repository.ts';
import type { SourceFacts } from '../sources/contract.ts';
import { MemoryDatabase, restoreDatabase } from '../sources/testing/memory-database.ts';
import { memoryDatabaseBackup, memoryDatabaseSource } from '../sources/testing/memory-database-source.ts';
import { MemoryMachine } from '../sources/testing/memory-machine.ts';
import { memoryMachineBackup, memoryMachineSource } from '../sources/testing/memory-machine-source.ts';
import { type BackupStages, backup } from './backup.ts';
import { readEvidence } from './read-evidence.ts';
import { RunReporter } from './run-reporter.ts';

let runs = 0;

/** The pipeline with one made-up source; `path` only names it in the repository. */
function setUp(
  examine: () => Promise<SourceFacts>,
  methods: readonly QuiesceMethod<never>[],
  more: Partial<BackupStages> = {},
) {
  const stages: BackupStages = {
    examine,
    methodsFor: () => methods as unknown as readonly QuiesceMethod[],
    kernel: '6.18',
    version: '0.0.0',
    author: { hostname: 'desk', username: 'anna', uid: 1000, gid: 1000 },
    ...more,
  };
  const events: RunEvent[] = [];
  const run = (
    repository: Repository,
    signal = new AbortController().signal,
    requiredLevel: ConsistencyLevel = 'per-file',
    trigger: RunTrigger = 'person',
  ) => {
    const runId = runIdSchema.parse((++runs).toString(16).padStart(32, '0'));
    const sourceId = sourceIdSchema.parse('made-up-1');
    const repositoryId = repositoryIdSchema.parse(repository.id);
    const askedAt = '2026-11-20T02:00:00Z';
    const start = { runId, kind: 'backup', sourceId, repositoryId, askedAt, title: 'Made up' } as const;
    const job = {
      ...start,
      sourceName: 'Made up',
      spec: { kind: 'filesystem' as const, path: '/made-up', excludes: [], excludePresets: [], ignoreLines: [] },
      policy: defaultPolicy(repositoryId, requiredLevel),
      trigger,
    };
    return backup(job, repository, stages, new RunReporter(start, (event) => events.push(event)), signal);
  };
  return { run, events };
}

async function filesOf(repository: Repository): Promise<Map<string, Buffer>> {
  const { snapshots } = await repository.snapshots.list();
  const files = new Map<string, Buffer>();
  for await (const { node } of repository.walk(snapshots.at(-1)?.tree ?? ('' as never))) {
    if (node.type !== 'file') continue;
    const parts = await Promise.all((node.content ?? []).map((id) => repository.loadBlob('data', id)));
    files.set(node.name.toString(), Buffer.concat(parts));
  }
  return files;
}

function database() {
  const db = new MemoryDatabase();
  db.put('a', '1');
  db.checkpoint();
  db.put('b', '2');
  const source = memoryDatabaseSource(new Map([['shop', db]]));
  const signal = new AbortController().signal;
  return {
    db,
    examine: () => source.examine({ kind: 'memory-database', name: 'shop' }, { own: { paths: [] }, signal }),
  };
}

describe('the pipeline', () => {
  it('carries a database: its own word earns the level, its files restore to the point', async () => {
    const { db, examine } = database();
    const { repository } = await memoryRepository();
    const { run } = setUp(examine, [memoryDatabaseBackup as QuiesceMethod<never>]);
    const result = await run(repository);
    db.put('c', 'after');
    expect(result).toMatchObject({ outcome: 'done', level: 'application', stallMs: null });
    expect(db.isBackupOpen).toBe(false);
    const files = await filesOf(repository);
    files.delete('evidence.json');
    expect([...restoreDatabase(files)]).toEqual([
      ['a', '1'],
      ['b', '2'],
    ]);
    expect([...restoreDatabase(files, 1)]).toEqual([['a', '1']]);
    await assertHealthy(repository);
  });

  it('carries a machine: the second time only what changed is read, from the checkpoint the first one made', async () => {
    const machine = new MemoryMachine({ disk0: 256 });
    for (let block = 0; block < 256; block++) machine.write('disk0', block, block % 250);
    const source = memoryMachineSource(new Map([['win', machine]]));
    let checkpoint = 0;
    const method = memoryMachineBackup({ nextCheckpoint: () => `c${++checkpoint}` });
    const signal = new AbortController().signal;
    const examine = () => source.examine({ kind: 'memory-machine', name: 'win' }, { own: { paths: [] }, signal });
    const { repository } = await memoryRepository();
    const { run } = setUp(examine, [method as QuiesceMethod<never>]);
    expect(await run(repository)).toMatchObject({ level: 'filesystem', files: 1 });
    machine.write('disk0', 7, 251);
    expect(await run(repository)).toMatchObject({ level: 'filesystem' });
    const image = (await filesOf(repository)).get('disk0.raw');
    expect(image?.length).toBe(256 * 4096);
    expect([image?.[7 * 4096], image?.[8 * 4096]]).toEqual([251, 8]);
    expect(machine.openSnapshots).toBe(0);
    await assertHealthy(repository);
  });

  it('stores evidence from which anyone recomputes the level', async () => {
    const { examine } = database();
    const { repository } = await memoryRepository();
    await setUp(examine, [memoryDatabaseBackup as QuiesceMethod<never>]).run(repository);
    const [snapshot] = (await repository.snapshots.list()).snapshots;
    const evidence = evidenceSchema.parse(await readEvidence(repository, snapshot?.tree ?? ('' as never)));
    expect(earnLevel(evidence)).toEqual({ level: evidence.level, reason: evidence.levelReason });
    expect(snapshot?.tags).toContain(`level:${evidence.level}`);
  });

  it('expects what was there last time where nothing was counted, and nothing at first', async () => {
    const { examine } = database();
    const uncounted = async (): Promise<SourceFacts> => ({ ...(await examine()), counted: false, files: 0, bytes: 0 });
    const { run, events } = setUp(uncounted, [memoryDatabaseBackup as QuiesceMethod<never>]);
    const { repository } = await memoryRepository();
    const totals = () =>
      events.splice(0).flatMap((event) => {
        const isStore = event.type === 'progress' && event.phase === 'store';
        return isStore ? [event.progress.totalFiles] : [];
      });
    await run(repository);
    const first = totals();
    expect(first.length).toBeGreaterThan(0);
    expect(new Set(first)).toEqual(new Set([null]));
    await run(repository);
    const [snapshot] = (await repository.snapshots.list()).snapshots;
    const evidence = evidenceSchema.parse(await readEvidence(repository, snapshot?.tree ?? ('' as never)));
    expect(totals()[0]).toBe(evidence.files.files);
  });

  it('falls back when a hold ended early, and says so in the evidence', async () => {
    const { examine } = database();
    const broken: QuiesceMethod = {
      name: 'fsfreeze-copy',
      preflight: async () => ({
        method: 'fsfreeze-copy',
        available: true,
        level: 'application',
        expectedStallMs: 0,
        reasons: [],
        remedies: [],
      }),
      withStillView: async () => {
        throw new StillpointError({ kind: 'freeze-ended-early', message: 'Another program ended it.', guidance: '' });
      },
    };
    const { repository } = await memoryRepository();
    const { run, events } = setUp(examine, [
      broken as QuiesceMethod<never>,
      memoryDatabaseBackup as QuiesceMethod<never>,
    ]);
    expect(await run(repository)).toMatchObject({ level: 'application' });
    const [snapshot] = (await repository.snapshots.list()).snapshots;
    const evidence = evidenceSchema.parse(await readEvidence(repository, snapshot?.tree ?? ('' as never)));
    expect(evidence).toMatchObject({ method: 'tarantool-backup', attempts: 2 });
    expect(evidence.whyNotStronger.join()).toContain('Another program ended it.');
    expect(events.some((event) => event.type === 'note' && event.severity === 'warning')).toBe(true);
  });

  it.each([
    ['what a system call refused', Object.assign(new Error('EXDEV: fanotify_mark'), { code: 'EXDEV' })],
    [
      'a defect of ours',
      new StillpointError({ kind: 'internal', message: 'Out of step.', guidance: 'This is a defect.' }),
    ],
  ])(
    'goes on with the next method after %s, as long as nothing was stored of its view, and tells of it',
    async (_, thrown) => {
      const { examine } = database();
      const broken: QuiesceMethod = {
        ...(memoryDatabaseBackup as QuiesceMethod<never> as unknown as QuiesceMethod),
        withStillView: () => Promise.reject(thrown),
      };
      const { repository } = await memoryRepository();
      const { run, events } = setUp(examine, [
        broken as QuiesceMethod<never>,
        memoryDatabaseBackup as QuiesceMethod<never>,
      ]);
      expect(await run(repository)).toMatchObject({ level: 'application' });
      const told = events.flatMap((event) =>
        event.type === 'note' && event.severity === 'warning' ? [event.text] : [],
      );
      expect(told.join('\n')).toContain(thrown.message);
      expect(told.join('\n')).toContain('defect');
    },
  );

  it('ends the run with what went wrong unexpectedly once a view was being stored, or when there is nobody left', async () => {
    const { examine } = database();
    const method = memoryDatabaseBackup as QuiesceMethod<never> as unknown as QuiesceMethod;
    const late: QuiesceMethod = {
      ...method,
      withStillView: async (...all) => {
        await method.withStillView(...all);
        throw new Error('too late');
      },
    };
    const early: QuiesceMethod = { ...method, withStillView: () => Promise.reject(new Error('too early')) };
    const { repository } = await memoryRepository();
    const runOf = (...methods: QuiesceMethod[]) =>
      setUp(examine, methods as unknown as QuiesceMethod<never>[]).run(repository);
    await expect(runOf(late, method)).rejects.toThrow('too late');
    await expect(runOf(early)).rejects.toThrow('too early');
  });

  it('ends a cancelled run, whatever the method made of the cancel', async () => {
    const { examine } = database();
    const method = memoryDatabaseBackup as QuiesceMethod<never> as unknown as QuiesceMethod;
    const controller = new AbortController();
    const cancelled: QuiesceMethod = {
      ...method,
      withStillView: async () => {
        controller.abort();
        throw new Error('interrupted');
      },
    };
    let wasTried = false;
    const next: QuiesceMethod = {
      ...method,
      withStillView: (...all) => {
        wasTried = true;
        return method.withStillView(...all);
      },
    };
    const { repository } = await memoryRepository();
    const { run } = setUp(examine, [cancelled, next] as unknown as QuiesceMethod<never>[]);
    await expect(run(repository, controller.signal)).rejects.toMatchObject({ kind: 'cancelled' });
    expect(wasTried).toBe(false);
  });

  it('holds nobody in a scheduled run before that was allowed, and says why', async () => {
    const { examine } = database();
    const promise = { available: true, level: 'filesystem', expectedStallMs: 5, reasons: [], remedies: [] } as const;
    const holding: QuiesceMethod = {
      ...(memoryDatabaseBackup as QuiesceMethod<never> as unknown as QuiesceMethod),
      name: 'fsfreeze-copy',
      preflight: async () => ({ ...promise, method: 'fsfreeze-copy', reasons: [], remedies: [] }),
    };
    const copying: QuiesceMethod = {
      ...holding,
      name: 'live',
      preflight: async () => ({ ...promise, method: 'live', level: 'per-file', reasons: [], remedies: [] }),
    };
    const methods = [holding, copying] as unknown as QuiesceMethod<never>[];
    const evidenceOf = async (trigger: RunTrigger, mayScheduledHold?: () => boolean) => {
      const { repository } = await memoryRepository();
      const { run, events } = setUp(examine, methods, mayScheduledHold ? { mayScheduledHold } : {});
      await run(repository, undefined, undefined, trigger);
      const [snapshot] = (await repository.snapshots.list()).snapshots;
      const evidence = evidenceSchema.parse(await readEvidence(repository, snapshot?.tree ?? ('' as never)));
      const notes = events.flatMap((event) => (event.type === 'note' ? [event.text] : []));
      return { method: evidence.method, why: evidence.whyNotStronger, notes };
    };
    const words = 'Scheduled runs may not hold filesystems still until that is allowed once.';
    const withheld = {
      method: 'live',
      why: [`Holding still for the whole copy was not possible: ${words}`],
      notes: [words],
    };
    expect(await evidenceOf('schedule')).toEqual(withheld);
    expect(await evidenceOf('schedule', () => false)).toEqual(withheld);
    const held = { method: 'fsfreeze-copy', why: [], notes: [] };
    expect(await evidenceOf('schedule', () => true)).toEqual(held);
    expect(await evidenceOf('person', () => false)).toEqual(held);
  });

  it('keeps the machine awake for as long as it runs, also when it fails', async () => {
    const { examine } = database();
    const { repository } = await memoryRepository();
    let awake = 0;
    const keepAwake = () => {
      awake += 1;
      return {
        [Symbol.asyncDispose]: async () => {
          awake -= 1;
        },
      };
    };
    const seen: number[] = [];
    const looking = () => {
      seen.push(awake);
      return examine();
    };
    const { run } = setUp(looking, [memoryDatabaseBackup as QuiesceMethod<never>], { keepAwake });
    await run(repository);
    const failing = setUp(
      async () => {
        seen.push(awake);
        throw new Error('gone');
      },
      [memoryDatabaseBackup as QuiesceMethod<never>],
      { keepAwake },
    );
    await expect(failing.run(repository)).rejects.toThrow('gone');
    expect([seen, awake]).toEqual([[1, 1], 0]);
  });

  it('publishes nothing when it fails or is cancelled, gives back the lock, and the next run works', async () => {
    const { db, examine } = database();
    const { repository } = await memoryRepository();
    const failing: QuiesceMethod = {
      ...(memoryDatabaseBackup as QuiesceMethod<never> as unknown as QuiesceMethod),
      withStillView: async (_facts, _lease, _context, use) => {
        await use(undefined as never);
        throw new Error('unreachable');
      },
    };
    await expect(setUp(examine, [failing as QuiesceMethod<never>]).run(repository)).rejects.toThrow();
    const controller = new AbortController();
    controller.abort();
    const { run } = setUp(examine, [memoryDatabaseBackup as QuiesceMethod<never>]);
    await expect(run(repository, controller.signal)).rejects.toMatchObject({ kind: 'cancelled' });
    expect((await repository.snapshots.list()).snapshots).toEqual([]);
    expect(await repository.locks.list()).toEqual([]);
    expect(db.isBackupOpen).toBe(false);
    expect(await run(repository)).toMatchObject({ outcome: 'done' });
  });

  it('says when a snapshot is weaker than asked for, and keeps it', async () => {
    const machine = new MemoryMachine({ disk0: 4 });
    machine.hasAgent = false;
    const source = memoryMachineSource(new Map([['win', machine]]));
    const signal = new AbortController().signal;
    const examine = () => source.examine({ kind: 'memory-machine', name: 'win' }, { own: { paths: [] }, signal });
    const { repository } = await memoryRepository();
    const { run } = setUp(examine, [memoryMachineBackup({ nextCheckpoint: () => 'c' }) as QuiesceMethod<never>]);
    const result = await run(repository, signal, 'filesystem');
    expect(result).toMatchObject({ outcome: 'warnings', level: 'crash', warnings: [{ code: 'weaker-than-required' }] });
    expect(result.snapshotId).not.toBeNull();
  });

  it('keeps room back for what it has stored, when all of it is there', async () => {
    const { examine } = database();
    const { repository } = await memoryRepository();
    const kept: { indexFiles: number; locks: number }[] = [];
    const count = async (kind: 'index' | 'lock') => (await repository.backend.list(kind)).length;
    Object.assign(repository.backend, {
      keepReserve: async () => void kept.push({ indexFiles: await count('index'), locks: await count('lock') }),
    });
    await setUp(examine, [memoryDatabaseBackup as QuiesceMethod<never>]).run(repository);
    expect(kept.at(-1)).toEqual({ indexFiles: 1, locks: 0 });
  });
});
