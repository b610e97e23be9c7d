import {
  chmodSync,
  chownSync,
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RepositoryId, runIdSchema, type SnapshotId } from '../../shared/domain/ids.ts';
import { defaultPolicy } from '../../shared/domain/policy.ts';
import { StillpointError } from '../../shared/errors/index.ts';
import type { HelperCommandName, HelperParams, HelperResult } from '../../shared/helper/contract.ts';
import { openRegistry } from './authority/registry.ts';
import { composeHelper } from './compose.ts';
import { createHandlers } from './handlers.ts';
import { dispatch } from './server/dispatch.ts';

const uid = 65_534;
const missing = process.getuid?.() === 0 ? undefined : 'needs root';

describe.skipIf(missing !== undefined)(`a root helper of a hostile user${missing ? ` (${missing})` : ''}`, () => {
  const top = mkdtempSync(join(tmpdir(), 'stillpoint-elevated-'));
  const home = join(top, 'home');
  const source = join(home, 'source');
  /** Root's: nobody else may look into the one, nobody else may write to the other. */
  const closed = join(top, 'closed');
  const readOnly = join(top, 'read-only');
  let closedFd: number;
  let repositoryId: RepositoryId;
  let snapshotId: SnapshotId;
  let runs = 0;

  const directories = {
    ...{
      registryFile: join(top, 'state/registry.json'),
      scheduleConsentFile: join(top, 'state/consent.json'),
      snapshotRecords: join(top, 'state/snapshots'),
    },
    ...{ restores: join(top, 'state/restores'), scratch: join(top, 'state/scratch'), own: [join(top, 'state')] },
  };
  const context = composeHelper({
    caller: { uid, gid: uid, elevatedFor: true },
    account: { name: 'nobody', uid, gid: uid, home },
    registry: openRegistry(directories.registryFile),
    directories,
    program: import.meta.filename,
    kdf: 'test',
  });
  const handlers = createHandlers(context);
  /** As if an administrator had agreed to everything: the rights to files are what is left. */
  const call = async <N extends HelperCommandName>(command: N, params: HelperParams<N>): Promise<HelperResult<N>> => {
    const { signal } = new AbortController();
    const agreed = { require: async () => {} };
    const answer = await dispatch(handlers, agreed, { command, params }, { signal, emit: () => undefined });
    return answer as HelperResult<N>;
  };
  const newRun = () => ({
    runId: runIdSchema.parse((++runs).toString(16).padStart(32, '0')),
    askedAt: '2026-11-20T02:00:00Z',
  });
  const local = (path: string) => ({ kind: 'local' as const, path });
  const add = (path: string) =>
    call('sources.add', {
      name: 'Mine',
      spec: { kind: 'filesystem', path, excludes: [], excludePresets: [], ignoreLines: [] },
      policy: defaultPolicy(repositoryId, 'per-file'),
    });

  beforeAll(async () => {
    chmodSync(top, 0o755);
    for (const path of [home, source]) {
      mkdirSync(path);
      chownSync(path, uid, uid);
    }
    mkdirSync(closed, { mode: 0o700 });
    mkdirSync(readOnly, { mode: 0o755 });
    writeFileSync(join(closed, 'secret'), 'secret');
    writeFileSync(join(source, 'mine'), 'mine', { mode: 0o644 });
    writeFileSync(join(source, 'of-root'), 'secret', { mode: 0o600 });
    symlinkSync(closed, join(home, 'link'));
    // What the helper has open can be named through /proc.
    closedFd = openSync(closed, 'r');
    const repository = await call('repositories.create', {
      name: 'R',
      location: local(join(home, 'r')),
      password: 'p',
    });
    repositoryId = repository.id;
  });
  afterAll(() => {
    context.sessions.close();
    closeSync(closedFd);
    rmSync(top, { recursive: true, force: true });
  });
  const waysIn = (): string[] => [closed, join(home, 'link'), `/proc/self/fd/${closedFd}`, `/proc/self/root${closed}`];

  it('keeps no repository where the user could not', async () => {
    for (const path of waysIn()) {
      expect(await call('repositories.probe', { location: local(path) })).toMatchObject({ state: 'unreachable' });
      const create = call('repositories.create', { name: 'X', location: local(join(path, 'r')), password: 'p' });
      await expect(create, path).rejects.toBeInstanceOf(StillpointError);
    }
    const create = call('repositories.create', { name: 'X', location: local(join(readOnly, 'r')), password: 'p' });
    await expect(create).rejects.toMatchObject({ kind: 'repository-read-only' });
    expect(readdirSync(closed)).toEqual(['secret']);
    expect(readdirSync(readOnly)).toEqual([]);
  });

  it('registers no source that the user could not read', async () => {
    for (const path of waysIn()) await expect(add(path), path).rejects.toMatchObject({ kind: 'source-unreadable' });
  });

  it('lists a file that the user could not read as unreadable', async () => {
    const { id } = await add(source);
    const result = await call('backup.run', { sourceId: id, ...newRun(), trigger: 'person' });
    expect(result).toMatchObject({ outcome: 'warnings', files: 1 });
    expect(result.warnings).toEqual([expect.objectContaining({ code: 'unreadable', path: join(source, 'of-root') })]);
    if (!result.snapshotId) throw new Error('there is no snapshot');
    snapshotId = result.snapshotId;
  });

  it('restores nothing where the user could not write', async () => {
    const restoreTo = async (path: string) => {
      const point = { repositoryId, snapshotId, instant: null };
      const target = { kind: 'folder' as const, path };
      const plan = await call('restore.plan', { point, selection: ['/'], target, mode: 'keep' });
      return call('restore.run', { planId: plan.planId, ...newRun(), unticked: [], safetySnapshot: true });
    };
    for (const path of waysIn())
      await expect(restoreTo(join(path, 'out')), path).rejects.toMatchObject({ kind: 'not-permitted' });
    expect(await restoreTo(join(readOnly, 'out'))).toMatchObject({ outcome: 'warnings', files: 0 });
    expect(readdirSync(closed)).toEqual(['secret']);
    expect(readdirSync(readOnly)).toEqual([]);
  });
});
