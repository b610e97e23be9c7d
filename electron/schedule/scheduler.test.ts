import { afterEach, describe, expect, it, vi } from 'vitest';
import { repositoryIdSchema } from '../../shared/domain/ids.ts';
import type { RunResult } from '../../shared/domain/run.ts';
import { StillpointError } from '../../shared/errors/index.ts';
import { resultWithout } from './run-logs/interrupted.ts';
import { hour, LiteralWorld, minute, repositoryId, runIdOf, sourceNamed } from './testing/literal-world.ts';
import { memoryParts } from './testing/memory-parts.ts';

const types = (world: LiteralWorld, name = 'papers'): unknown[] => world.entries(name).map(({ type }) => type);

/** A world whose source was looked at once, with nothing due. */
async function seen(): Promise<LiteralWorld> {
  const world = new LiteralWorld();
  expect((await world.scheduler.tick()).map(({ kind }) => kind)).toEqual(['idle']);
  return world;
}

describe('a look', () => {
  it('writes a run down before it begins and after it ended, under one id', async () => {
    const world = await seen();
    world.pass(31 * minute);
    world.backup = async ({ runId, askedAt }) => {
      expect(world.entries('papers').at(-1)).toMatchObject({ type: 'began', runId, at: askedAt });
      return resultWithout(runId, 'warnings', 'Made.', null);
    };
    const [look] = await world.scheduler.tick();
    expect(look).toMatchObject({ kind: 'ran', slot: Date.parse('2026-03-10T11:00:00Z'), trigger: 'due' });
    expect(world.entries('papers').slice(-2)).toMatchObject([
      { type: 'began', by: 'app', trigger: 'due' },
      { type: 'ended', runId: world.begun[0]?.runId, outcome: 'warnings' },
    ]);
  });

  it('writes what holds a slot back once, and again only when it changes', async () => {
    const world = await seen();
    world.states[repositoryId] = 'waiting';
    for (const _ of [1, 2, 3]) {
      world.pass(15 * minute);
      await world.scheduler.tick();
    }
    expect(world.entries('papers').filter(({ type }) => type === 'held-back')).toMatchObject([
      { because: 'repository-absent' },
    ]);
    world.states[repositoryId] = 'password-needed';
    world.pass(minute);
    await world.scheduler.tick();
    expect(world.entries('papers').at(-1)).toMatchObject({ type: 'held-back', because: 'repository-locked' });
    expect(world.scheduler.state(world.sources[0]?.id as never)).toMatchObject({
      heldBack: { because: 'repository-locked' },
      heldBackText: 'Waiting for the password of the repository.',
    });
  });

  it('tells slots that nobody was there to run, once, and makes one run for all', async () => {
    const world = await seen();
    world.now += 5 * hour;
    const looks = [...(await world.scheduler.tick()), ...(await world.scheduler.tick())];
    expect(looks.map(({ kind }) => kind)).toEqual(['ran', 'idle']);
    expect(world.entries('papers').filter(({ type }) => type === 'accounts')).toMatchObject([
      { notRun: [{ slots: 4, because: 'not-running' }] },
    ]);
    expect(world.scheduler.state(world.sources[0]?.id as never)?.missed).toHaveLength(1);
  });

  it('touches nothing of a source that somebody else runs, and says who', async () => {
    const world = await seen();
    world.pass(31 * minute);
    world.parts.heldElsewhere.add(world.sources[0]?.id as never);
    const before = world.entries('papers').length;
    expect(await world.scheduler.tick()).toMatchObject([{ kind: 'busy', by: 'the command line (process 7)' }]);
    expect(world.entries('papers')).toHaveLength(before);
    expect(world.begun).toEqual([]);
  });

  it('says that it could not decide, and begins nothing', async () => {
    const world = await seen();
    world.pass(31 * minute);
    world.machine = () =>
      Promise.reject(new StillpointError({ kind: 'helper-crashed', message: 'Down.', guidance: '' }));
    await expect(world.scheduler.tick()).rejects.toMatchObject({ kind: 'helper-crashed' });
    expect(world.scheduler.state(world.sources[0]?.id as never)).toMatchObject({ problem: { kind: 'helper-crashed' } });
  });

  it('tells once that lines of a history cannot be read, and goes on with the rest', async () => {
    const world = await seen();
    const id = world.sources[0]?.id as never;
    world.parts.journals.get(id)?.push('{"type":"ended","ru');
    for (let count = 0; count < 2; count++) expect(await world.scheduler.tick()).toMatchObject([{ kind: 'idle' }]);
    expect(world.reported).toEqual(['reading a history']);
    expect(world.scheduler.state(id)?.damagedLines).toBe(1);
  });

  it('says in words that the pause cannot be read', async () => {
    const parts = memoryParts();
    parts.readPause = async () => ({ until: null, problem: 'It is damaged. Backups are not paused.' });
    const world = new LiteralWorld(parts);
    for (let count = 0; count < 2; count++) await world.scheduler.tick();
    expect(world.reported).toEqual(['reading the pause']);
    expect(world.reportedErrors).toMatchObject([{ kind: 'io', message: 'It is damaged. Backups are not paused.' }]);
  });

  it('does not know since when a source has its schedule before that is written down', async () => {
    const world = new LiteralWorld();
    world.parts.failNextAppend = new StillpointError({ kind: 'io', message: 'The disk is full.', guidance: '' });
    expect(await world.scheduler.tick()).toMatchObject([{ kind: 'problem' }]);
    const id = world.sources[0]?.id as never;
    expect(world.scheduler.state(id)?.since).toBeNull();
    await world.scheduler.tick();
    expect(world.scheduler.state(id)?.since).toBe(world.now);
  });

  it('begins nothing while its beginning cannot be written', async () => {
    const world = await seen();
    world.pass(31 * minute);
    world.parts.failNextAppend = new StillpointError({ kind: 'io', message: 'The disk is full.', guidance: '' });
    expect(await world.scheduler.tick()).toMatchObject([{ kind: 'problem', error: { kind: 'io' } }]);
    expect(world.begun).toEqual([]);
    expect(await world.scheduler.tick()).toMatchObject([{ kind: 'ran' }]);
  });

  it('lets sources of one repository take turns, and those of two not', async () => {
    const other = repositoryIdSchema.parse('b'.repeat(64));
    for (const [repository, together] of [
      [repositoryId, 1],
      [other, 2],
    ] as const) {
      const world = new LiteralWorld();
      world.states[other] = 'ready';
      world.lastSnapshotAt = null;
      world.sources = [sourceNamed('papers'), sourceNamed('photos', undefined, repository)];
      let now = 0;
      let most = 0;
      world.backup = async ({ runId }) => {
        most = Math.max(most, ++now);
        await new Promise((resolve) => setTimeout(resolve, 5));
        now--;
        return resultWithout(runId, 'done', '', null);
      };
      expect((await world.scheduler.tick()).map(({ kind }) => kind)).toEqual(['ran', 'ran']);
      expect(most).toBe(together);
      // Who has the repository is told that somebody waits.
      expect(world.wanted).toEqual(together === 1 ? [repositoryId] : []);
    }
  });

  it('begins nothing any more once it was stopped', async () => {
    const world = await seen();
    world.pass(31 * minute);
    world.scheduler.stop();
    expect(await world.scheduler.tick()).toMatchObject([{ kind: 'problem', error: { kind: 'cancelled' } }]);
    expect(world.begun).toEqual([]);
  });

  it('counts a changed schedule from now on, and tells what passed under the one before', async () => {
    const world = await seen();
    world.now += 3 * hour;
    world.sources = [sourceNamed('papers', { kind: 'hourly', everyHours: 12, minute: 0 })];
    expect(await world.scheduler.tick()).toMatchObject([{ kind: 'idle' }]);
    const told = world.entries('papers').filter(({ type }) => type === 'accounts');
    expect(told.flatMap(({ notRun }) => notRun as { slots: number }[]).map(({ slots }) => slots)).toEqual([2, 1]);
    expect(types(world).at(-1)).toBe('schedule-set');
    expect(world.begun).toEqual([]);
  });

  it('asks a repository for its newest snapshot when it begins something, not every time', async () => {
    const world = await seen();
    const before = world.asked.length;
    for (let look = 0; look < 20; look++) {
      world.pass(minute);
      await world.scheduler.tick();
    }
    expect(world.asked).toHaveLength(before);
    world.pass(15 * minute);
    await world.scheduler.tick();
    expect(world.begun).toHaveLength(1);
    expect(world.asked.length).toBe(before + 1);
  });
});

describe('what a process left that ended under a run', () => {
  const left = async (): Promise<LiteralWorld> => {
    const world = await seen();
    world.pass(31 * minute);
    world.backup = () => new Promise(() => undefined);
    void world.scheduler.tick();
    await vi.waitFor(() => expect(world.begun).toHaveLength(1));
    world.parts.heldElsewhere.clear();
    return world;
  };
  const restarted = (world: LiteralWorld): LiteralWorld => {
    const next = new LiteralWorld(world.parts);
    next.now = world.now + minute;
    return next;
  };
  const snapshot = (id: ReturnType<typeof runIdOf>) => ({
    kind: 'published' as const,
    snapshot: { id: 'c'.repeat(64), runId: id, level: 'per-file' } as never,
    evidence: null,
  });

  it('is interrupted where no snapshot is, in journal and log', async () => {
    const next = restarted(await left());
    await next.scheduler.tick();
    expect(next.entries('papers').find(({ type }) => type === 'ended')).toMatchObject({
      outcome: 'interrupted',
      recovered: true,
    });
    const log = next.parts.logs.get(runIdOf(1));
    expect(log?.map(({ type }) => type)).toEqual(['run-started', 'run-finished']);
    expect(log?.at(-1)).toMatchObject({ result: { outcome: 'interrupted', snapshotId: null } });
  });

  it('made its snapshot where there is one, and is not made again', async () => {
    const next = restarted(await left());
    next.snapshotOfRun = snapshot;
    next.lastSnapshotAt = next.now - minute;
    expect(await next.scheduler.tick()).toMatchObject([{ kind: 'idle' }]);
    expect(next.entries('papers').at(-1)).toMatchObject({ type: 'ended', outcome: 'warnings', recovered: true });
    expect(next.parts.logs.get(runIdOf(1))?.at(-1)).toMatchObject({ result: { snapshotId: 'c'.repeat(64) } });
    expect(next.begun).toEqual([]);
  });

  it('stays open while its repository is away, and is told then', async () => {
    const next = restarted(await left());
    next.states[repositoryId] = 'waiting';
    next.snapshotOfRun = () => ({ kind: 'unknown' });
    expect(await next.scheduler.tick()).toMatchObject([{ kind: 'held-back', because: 'repository-absent' }]);
    next.pass(2 * hour);
    await next.scheduler.tick();
    expect(types(next)).not.toContain('ended');
    expect(await next.scheduler.settleRun(runIdOf(1))).toBeUndefined();
    next.states[repositoryId] = 'ready';
    next.snapshotOfRun = snapshot;
    await next.scheduler.tick();
    expect(next.entries('papers').filter(({ type }) => type === 'ended')[0]).toMatchObject({ outcome: 'warnings' });
  });

  it('is found out too when only the helper died', async () => {
    const world = await seen();
    world.pass(31 * minute);
    world.backup = async ({ runId }) => resultWithout(runId, 'interrupted', '', null);
    world.snapshotOfRun = snapshot;
    expect(await world.scheduler.tick()).toMatchObject([{ kind: 'ran', result: { snapshotId: 'c'.repeat(64) } }]);
    expect(world.entries('papers').at(-1)).toMatchObject({ type: 'ended', outcome: 'warnings' });
  });

  it('is under way for who asks while somebody has it', async () => {
    const world = await seen();
    const runId = runIdOf(99);
    const started = { type: 'run-started', runId, at: '2026-03-10T10:20:00Z', kind: 'backup' } as const;
    const about = { sourceId: world.sources[0]?.id ?? null, repositoryId, askedAt: started.at, title: '' };
    world.parts.logs.set(runId, [{ ...started, ...about, trigger: 'schedule' }]);
    world.parts.heldElsewhere.add(world.sources[0]?.id as never);
    expect(await world.scheduler.settleRun(runId)).toBe('under-way');
    world.parts.heldElsewhere.clear();
    world.snapshotOfRun = () => ({ kind: 'unknown' });
    expect(await world.scheduler.settleRun(runId)).toBe('unknown');
    world.snapshotOfRun = () => ({ kind: 'none' });
    expect(await world.scheduler.settleRun(runId)).toMatchObject({ result: { outcome: 'interrupted' } });
    expect(world.parts.logs.get(runId)).toHaveLength(2);
  });
});

describe('what a person asks for', () => {
  it('is in the same history, and serves the slot', async () => {
    const world = await seen();
    world.pass(31 * minute);
    const [papers] = world.sources;
    if (!papers) throw new Error('there is a source');
    const result = await world.scheduler.runAsked(papers, runIdOf(50), async () =>
      resultWithout(runIdOf(50), 'done', '', null),
    );
    expect(result.outcome).toBe('done');
    expect(world.entries('papers').slice(-2)).toMatchObject([
      { type: 'began', trigger: 'person', slot: null },
      { type: 'ended', outcome: 'done' },
    ]);
    expect(await world.scheduler.tick()).toMatchObject([{ kind: 'idle' }]);
  });

  it('waits for the run of a slot, and is refused while another process has the source', async () => {
    const world = await seen();
    const [papers] = world.sources;
    if (!papers) throw new Error('there is a source');
    world.pass(31 * minute);
    const ended: string[] = [];
    world.backup = async ({ runId }): Promise<RunResult> => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      ended.push('slot');
      return resultWithout(runId, 'done', '', null);
    };
    const ticking = world.scheduler.tick();
    await vi.waitFor(() => expect(world.begun).toHaveLength(1));
    await world.scheduler.runAsked(papers, runIdOf(50), async () => {
      ended.push('person');
      return resultWithout(runIdOf(50), 'done', '', null);
    });
    await ticking;
    expect(ended).toEqual(['slot', 'person']);
    world.parts.heldElsewhere.add(papers.id);
    const refused = world.scheduler.runAsked(papers, runIdOf(51), () => Promise.reject(new Error('not begun')));
    await expect(refused).rejects.toMatchObject({ kind: 'busy', message: expect.stringContaining('command line') });
  });
});

describe('a pause', () => {
  it('holds back, and is over when its time has passed', async () => {
    const world = await seen();
    await world.scheduler.pause(world.now + hour);
    world.pass(31 * minute);
    expect(await world.scheduler.tick()).toMatchObject([{ kind: 'held-back', because: 'paused' }]);
    expect(world.scheduler.pausedUntil()).not.toBeNull();
    world.pass(30 * minute);
    expect(world.scheduler.pausedUntil()).toBeNull();
    expect(await world.scheduler.tick()).toMatchObject([{ kind: 'ran' }]);
  });
});

describe('by itself', () => {
  afterEach(() => vi.useRealTimers());

  it('looks at the slot, once a minute else, and at once when it is poked', async () => {
    vi.useFakeTimers();
    const world = new LiteralWorld();
    world.now = Date.parse('2026-03-10T10:59:20Z');
    const looks: number[] = [];
    world.machine = async () => {
      looks.push(world.now);
      return { onMains: true, metered: false, sleepAnnounced: false };
    };
    const pass = async (ms: number): Promise<void> => {
      for (let passed = 0; passed < ms; passed += 1000) {
        world.pass(1000);
        await vi.advanceTimersByTimeAsync(1000);
      }
    };
    await world.scheduler.start();
    await pass(39_000);
    expect(world.begun).toEqual([]);
    await pass(3_000);
    expect(world.begun).toHaveLength(1);
    const before = looks.length;
    await pass(600_000);
    expect(looks.length - before).toBeGreaterThanOrEqual(9);
    expect(looks.length - before).toBeLessThanOrEqual(12);
    world.scheduler.poke('resumed');
    const poked = looks.length;
    await pass(1_000);
    expect(looks.length).toBeGreaterThan(poked);
    world.scheduler.stop();
    const stopped = looks.length;
    await pass(300_000);
    expect(looks).toHaveLength(stopped);
  });
});
