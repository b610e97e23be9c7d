import { execFileSync, spawnSync } from 'node:child_process';
import { closeSync, fsyncSync, mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runIdSchema, type SnapshotId, type SourceId } from '../../shared/domain/ids.ts';
import { type KeepRules, keepEverything } from '../../shared/domain/keep/rules.ts';
import { locationText } from '../../shared/domain/location.ts';
import { defaultPolicy } from '../../shared/domain/policy.ts';
import type { Repository } from '../../shared/domain/repository.ts';
import type { RunEvent, RunResult } from '../../shared/domain/run.ts';
import type { HelperCommandName, HelperParams, HelperResult } from '../../shared/helper/contract.ts';
import { memoryRegistry } from './authority/registry.ts';
import { composeHelper } from './compose.ts';
import { createHandlers } from './handlers.ts';
import { resticBinaries } from './repository/testing/restic-program.ts';
import { SeededRandom } from './repository/testing/seeded-random.ts';
import { dispatch } from './server/dispatch.ts';
import { type LoopFilesystem, openLoopFilesystem, whyNoLoopFilesystem } from './system/testing/loop-filesystem.ts';

const missing = whyNoLoopFilesystem('ext4');
const zone = 'Europe/Berlin';
const random = new SeededRandom(11);
const restic = resticBinaries()[0]?.path;

describe.skipIf(missing !== undefined)(`keeping and freeing${missing ? ` (${missing})` : ''}`, () => {
  const top = mkdtempSync(join(tmpdir(), 'stillpoint-keep-'));
  const source = join(top, 'source');
  let disk: LoopFilesystem;
  let repository: Repository;
  let sourceId: SourceId;
  let runs = 0;

  const [uid, gid] = [process.getuid?.() ?? 0, process.getgid?.() ?? 0];
  const directories = {
    ...{
      registryFile: join(top, 'state/registry.json'),
      scheduleConsentFile: join(top, 'state/consent.json'),
      snapshotRecords: join(top, 'state/snapshots'),
    },
    ...{ restores: join(top, 'state/restores'), scratch: join(top, 'state/scratch'), own: [join(top, 'state')] },
  };
  const context = composeHelper({
    caller: { uid, gid, elevatedFor: false },
    account: { name: 'root', uid, gid, home: top },
    registry: memoryRegistry(),
    directories,
    program: import.meta.filename,
    kdf: 'test',
  });
  const handlers = createHandlers(context);
  const events: RunEvent[] = [];
  const call = async <N extends HelperCommandName>(command: N, params: HelperParams<N>): Promise<HelperResult<N>> => {
    const emit = (event: unknown) => void events.push(event as RunEvent);
    const { signal } = new AbortController();
    const answer = await dispatch(handlers, { require: async () => {} }, { command, params }, { signal, emit });
    return answer as HelperResult<N>;
  };
  const newRunId = () => runIdSchema.parse((++runs).toString(16).padStart(32, '0'));
  const backUp = (): Promise<RunResult> => {
    const askedAt = '2026-11-20T02:00:00Z';
    writeFileSync(join(source, 'changing'), random.bytes(300_000));
    return call('backup.run', { sourceId, runId: newRunId(), askedAt, trigger: 'person' });
  };
  const setRules = async (rules: Partial<KeepRules>) => {
    const found = context.registry.sources(uid).find(({ id }) => id === sourceId);
    if (!found) throw new Error('there is no source');
    const keep = { ...keepEverything, ...rules };
    context.registry.putSource({ ...found, policy: { ...found.policy, keep } });
  };
  const snapshots = async (): Promise<readonly SnapshotId[]> => {
    const list = await call('snapshots.list', { repositoryId: repository.id, offset: 0, limit: 100 });
    return list.snapshots.map(({ id }) => id);
  };
  const check = async () => {
    const { findings } = await call('repositories.check', { id: repository.id, runId: newRunId(), readData: true });
    return findings.filter(({ severity }) => severity !== 'info');
  };

  beforeAll(async () => {
    disk = await openLoopFilesystem({ type: 'ext4', sizeMiB: 24 });
    mkdirSync(source);
    writeFileSync(join(source, 'steady'), random.bytes(100_000));
    const location = { kind: 'local' as const, path: join(disk.mountPoint, 'r') };
    repository = await call('repositories.create', { name: 'R', location, password: 'p' });
    const spec = { kind: 'filesystem' as const, path: source, excludes: [], excludePresets: [], ignoreLines: [] };
    const policy = { ...defaultPolicy(repository.id, 'per-file'), keep: keepEverything };
    sourceId = (await call('sources.add', { name: 'Mine', spec, policy })).id;
  });
  afterAll(async () => {
    context.sessions.close();
    await disk?.close();
    rmSync(top, { recursive: true, force: true });
  });

  it('shows where a repository is', async () => {
    const [status] = await call('repositories.list', {});
    expect(status).toMatchObject({ state: 'ready', mountPoint: disk.mountPoint, removable: false, network: false });
  });

  it('previews what rules would do, does it on demand, and does it after a backup', async () => {
    for (let n = 0; n < 4; n += 1) expect(await backUp()).toMatchObject({ outcome: 'done' });
    expect(events.filter((event) => event.type === 'phase-started' && event.phase === 'forget')).toEqual([]);
    const before = await snapshots();
    const rules = { ...keepEverything, last: 3 };
    expect(await call('keep.plan', { sourceId, zone })).toMatchObject({ keeping: 4, going: 0 });
    const plan = await call('keep.plan', { sourceId, rules, zone });
    expect(plan).toMatchObject({ keeping: 3, going: 1 });
    expect(plan.snapshots.at(-1)).toMatchObject({ id: before[0], keep: false });
    await expect(call('keep.plan', { sourceId, zone: 'Mars/Base' })).rejects.toMatchObject({
      kind: 'bad-input',
      field: 'zone',
    });
    await setRules(rules);
    const applied = await call('keep.apply', { sourceId, runId: newRunId(), zone });
    expect(applied).toMatchObject({ outcome: 'done', summary: '1 old snapshot was deleted; 3 snapshots stay.' });
    expect(await snapshots()).toEqual(before.slice(1));
    const backedUp = await backUp();
    expect(backedUp.summary).toContain('1 old snapshot was deleted by the keep rules.');
    expect(await snapshots()).toEqual([...before.slice(2), backedUp.snapshotId]);
    expect(await check()).toEqual([]);
  });

  it.skipIf(restic === undefined)(
    'keeps what was published when it is killed before it forgets, and the next run forgets',
    async () => {
      await setRules({});
      await backUp();
      const before = await snapshots();
      await setRules({ last: 1 });
      const { registry } = context;
      const content = { version: 1, sources: registry.sources(uid), repositories: registry.repositories(uid) };
      writeFileSync(join(top, 'registry.json'), JSON.stringify(content));
      const program = join(import.meta.dirname, 'testing/run-kept-backup.ts');
      const killed = spawnSync(process.execPath, [program, top, sourceId, newRunId()], { encoding: 'utf8' });
      expect([killed.signal, killed.stderr]).toEqual(['SIGKILL', '']);
      const after = await snapshots();
      expect(after.slice(0, -1)).toEqual(before);
      expect(before.length).toBeGreaterThan(1);
      expect(judge()).toEqual([...after].sort());
      const next = await backUp();
      expect(next.outcome).toBe('done');
      expect(next.summary).toContain(`${after.length} old snapshots were deleted by the keep rules.`);
      expect(await snapshots()).toEqual([next.snapshotId]);
      expect(judge()).toEqual([next.snapshotId]);
    },
  );

  /** What restic finds, all data read. */
  function judge(): string[] {
    const passwordFile = join(top, 'password');
    writeFileSync(passwordFile, 'p', { mode: 0o600 });
    const ask = (...command: string[]): string =>
      execFileSync(
        restic ?? 'restic',
        ['--no-cache', '-r', locationText(repository.location), '-p', passwordFile, ...command],
        {
          encoding: 'utf8',
          stdio: ['ignore', 'pipe', 'pipe'],
        },
      );
    // The lock of what was killed is in its way until the next run; looking needs none.
    expect(ask('--no-lock', 'check', '--read-data')).toContain('no errors were found');
    const found = JSON.parse(ask('--no-lock', 'snapshots', '--json')) as { readonly id: string }[];
    return found.map(({ id }) => id).sort();
  }

  it('frees what was promised on a disk without a byte left, and the next backup works', async () => {
    await setRules({});
    await call('repositories.reclaim', { id: repository.id, runId: newRunId(), snapshotIds: [] });
    for (let n = 0; n < 5; n += 1) await backUp();
    fill(join(disk.mountPoint, 'other-files'));
    expect(await backUp()).toMatchObject({ outcome: 'failed', error: { kind: 'repository-full' } });
    const all = await snapshots();
    const found = await call('repositories.freeable', { id: repository.id, zone });
    expect(found.freeBytes).toBe(0);
    const askedFor = { id: repository.id, runId: newRunId(), snapshotIds: [] };
    const notes = () => events.flatMap((event) => (event.type === 'note' ? [event.text] : []));
    // What was kept back since the first backup is enough to begin with; then there is nothing left of it.
    expect(await call('repositories.reclaim', askedFor)).toMatchObject({ outcome: 'done', error: null });
    expect(notes().at(-1)).toBe('The disk is full: the room that is kept back for deleting is used.');
    fill(join(disk.mountPoint, 'more-files'));
    const refused = await call('repositories.reclaim', { ...askedFor, runId: newRunId() });
    expect(refused).toMatchObject({ outcome: 'failed', error: { kind: 'repository-full' } });
    expect(refused.error?.message).toMatch(/before anything can be given back, about \d+ KiB must be written there/);
    expect(await snapshots()).toEqual(all);
    const half = found.offers.find(({ kind }) => kind === 'oldest-half');
    expect(half?.bytes).toBeGreaterThan(300_000);
    const freed = await call('repositories.reclaim', {
      ...{ id: repository.id, runId: newRunId() },
      snapshotIds: half?.snapshotIds ?? [],
    });
    expect(freed).toMatchObject({ outcome: 'done', error: null, bytes: half?.bytes });
    expect(notes().at(-1)).toMatch(
      /^The disk is full: snapshot [0-9a-f]{8} is deleted first, to make room for a lock\.$/,
    );
    expect(await snapshots()).toEqual(all.filter((id) => !half?.snapshotIds.includes(id)));
    expect(await check()).toEqual([]);
    expect(await backUp()).toMatchObject({ outcome: 'done' });
    expect(await check()).toEqual([]);
  });

  it('prunes what is needed in part, exactly as a dry run said, while a backup waits for its turn', async () => {
    await setRules({ last: 1 });
    rmSync(join(disk.mountPoint, 'other-files'));
    writeFileSync(join(source, 'steady'), random.bytes(90_000));
    expect(await backUp()).toMatchObject({ outcome: 'done' });
    const limits = { maxUnused: { kind: 'bytes' as const, bytes: 0 } };
    const look = { id: repository.id, dryRun: true, limits };
    const looked = await call('repositories.prune', { ...look, runId: newRunId() });
    expect(looked.run.summary).toContain('write 1 pack');
    expect(looked.figures?.freedBytes).toBeGreaterThan(300_000);
    const pruning = call('repositories.prune', { ...look, dryRun: false, runId: newRunId() });
    const backingUp = backUp();
    const pruned = await pruning;
    expect(pruned.figures).toEqual(looked.figures);
    expect(pruned.run).toMatchObject({ outcome: 'done', bytes: looked.figures?.freedBytes });
    expect(await backingUp).toMatchObject({ outcome: 'done' });
    const notes = events.flatMap((event) => (event.type === 'note' ? [event.text] : []));
    expect(notes.at(-1)).toMatch(/^Waiting for “Prune R”, which has been using the repository for \d+ s\.$/);
    expect(await check()).toEqual([]);
    if (restic !== undefined) expect(judge()).toEqual([...(await snapshots())].sort());
  });
});

/** Writes until the disk takes no byte more. */
function fill(path: string): void {
  const fd = openSync(path, 'w');
  try {
    for (let size = 1024 * 1024; size >= 1; size = Math.floor(size / 2)) {
      for (;;) {
        try {
          writeSync(fd, Buffer.alloc(size, 1));
          fsyncSync(fd);
        } catch {
          break;
        }
      }
    }
  } finally {
    closeSync(fd);
  }
}
