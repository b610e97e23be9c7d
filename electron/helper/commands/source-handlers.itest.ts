import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RepositoryId, sourceIdSchema } from '../../../shared/domain/ids.ts';
import { defaultPolicy, type Policy } from '../../../shared/domain/policy.ts';
import { filesystemSpec, type Source } from '../../../shared/domain/source.ts';
import { msToInstant } from '../../../shared/domain/time.ts';
import type { HelperCommandName, HelperParams, HelperResult } from '../../../shared/helper/contract.ts';
import { memoryRegistry } from '../authority/registry.ts';
import { composeHelper } from '../compose.ts';
import { dispatch } from '../server/dispatch.ts';
import type { Handlers } from '../server/service.ts';
import { sourceHandlers } from './source-handlers.ts';

const top = mkdtempSync(join(tmpdir(), 'stillpoint-sources-'));
const folder = join(top, 'home');
const ids = ['a', 'b'].map((letter) => letter.repeat(64) as RepositoryId) as [RepositoryId, RepositoryId];
const uid = process.getuid?.() ?? 0;

/** A helper with two repositories and one source, working for its own user or for somebody with fewer rights. */
function helper(elevatedFor: boolean) {
  const registry = memoryRegistry();
  const state = join(top, 'state');
  const context = composeHelper({
    caller: { uid, gid: process.getgid?.() ?? 0, elevatedFor: false },
    account: { name: 'ana', uid, gid: process.getgid?.() ?? 0, home: folder },
    registry,
    directories: {
      ...{
        registryFile: join(state, 'registry.json'),
        scheduleConsentFile: join(state, 'consent.json'),
        snapshotRecords: join(state, 'snapshots'),
      },
      ...{ restores: join(state, 'restores'), scratch: join(state, 'scratch'), own: [state] },
    },
    program: import.meta.filename,
    kdf: 'test',
  });
  for (const [index, id] of ids.entries()) {
    const location = { kind: 'local' as const, path: join(top, `repository-${index}`) };
    registry.putRepository({ id, name: `R${index}`, location, ownerUid: uid, keyIds: [] } as never);
  }
  const source: Source = {
    id: sourceIdSchema.parse('home-1'),
    name: 'Home',
    spec: filesystemSpec(folder, { ignoreLines: ['*.iso'] }),
    policy: defaultPolicy(ids[0], 'per-file'),
    ownerUid: uid,
  };
  registry.putSource(source);
  const handlers = sourceHandlers({ ...context, caller: { ...context.caller, elevatedFor } }) as Handlers;
  const call = async <N extends HelperCommandName>(command: N, params: HelperParams<N>): Promise<HelperResult<N>> => {
    const { signal } = new AbortController();
    const agreed = { require: async () => {} };
    const answer = await dispatch(handlers, agreed, { command, params }, { signal, emit: () => undefined });
    return answer as HelperResult<N>;
  };
  const setPolicy = (changes: Partial<Policy>) =>
    call('sources.setPolicy', { id: source.id, policy: { ...source.policy, ...changes } });
  return { call, setPolicy, registry, source };
}

beforeAll(() => {
  mkdirSync(join(folder, '.cache'), { recursive: true });
  writeFileSync(join(folder, 'letter'), 'dear');
  writeFileSync(join(folder, 'a.iso'), 'image');
  writeFileSync(join(folder, '.cache', 'x'), 'xx');
});
afterAll(() => rmSync(top, { recursive: true, force: true }));

const harmless: Partial<Policy> = {
  schedule: { kind: 'manual' },
  lateAfterHours: 48,
  requiredLevel: 'crash',
  ejectAfterwards: true,
  longestStallMs: 100,
};

describe('a policy', () => {
  it.each([false, true])(
    'is changed where nothing widens, and kept (more rights than the caller: %s)',
    async (elevated) => {
      const { setPolicy, registry, source } = helper(elevated);
      const changed = await setPolicy(harmless);
      expect(changed).toEqual({ ...source, policy: { ...source.policy, ...harmless } });
      expect(registry.sources(uid)).toEqual([changed]);
    },
  );

  it.each<[string, Partial<Policy>]>([
    ['policy.repositoryId', { repositoryId: ids[1] }],
    ['policy.longestStallMs', { longestStallMs: 251 }],
  ])(
    'that widens %s is refused by a helper with more rights than its caller, with what to do instead',
    async (field, wider) => {
      const { setPolicy, registry, source } = helper(true);
      await expect(setPolicy({ ...harmless, ...wider })).rejects.toMatchObject({
        ...{ kind: 'not-permitted', field, guidance: expect.stringContaining('Edit source') },
      });
      expect(registry.sources(uid)).toEqual([source]);
      expect((await helper(false).setPolicy(wider)).policy).toMatchObject(wider);
    },
  );

  it('names a repository that is registered, and one that does not hold the same folder already', async () => {
    const { setPolicy, registry, source } = helper(false);
    await expect(setPolicy({ repositoryId: 'c'.repeat(64) as RepositoryId })).rejects.toMatchObject({
      kind: 'unknown-repository',
    });
    const other = sourceIdSchema.parse('home-2');
    registry.putSource({ ...source, id: other, policy: { ...source.policy, repositoryId: ids[1] } });
    await expect(setPolicy({ repositoryId: ids[1] })).rejects.toMatchObject({ kind: 'already-exists' });
  });

  it('is changed also while the source is not there', async () => {
    const { call, registry, source } = helper(false);
    registry.putSource({ ...source, spec: filesystemSpec(join(top, 'unplugged')) });
    const changed = await call('sources.setPolicy', { id: source.id, policy: { ...source.policy, lateAfterHours: 9 } });
    expect(changed.policy.lateAfterHours).toBe(9);
  });

  it('of a source that is not registered is refused', async () => {
    const { call, source } = helper(false);
    const id = sourceIdSchema.parse('other-1');
    await expect(call('sources.setPolicy', { id, policy: source.policy })).rejects.toMatchObject({
      kind: 'unknown-source',
    });
  });
});

describe('what a source leaves out, and what changed in it', () => {
  it('is measured by what was asked, and counted by what is registered', async () => {
    const { call, source } = helper(false);
    const sizes = await call('sources.excludeSizes', { spec: source.spec });
    expect(sizes).toMatchObject({ keptFiles: 1, keptBytes: 4, complete: true });
    expect(sizes.items.find(({ value }) => value === 'caches')).toMatchObject({ files: 1, bytes: 2 });
    expect(sizes.items.find(({ value }) => value === '*.iso')).toMatchObject({ files: 1, bytes: 5 });
    const all = await call('sources.activity', { id: source.id, since: msToInstant(0) });
    // The folder and the letter.
    expect(all).toMatchObject({ changes: 2, newestChangeAt: expect.stringMatching(/Z$/) });
    const none = await call('sources.activity', { id: source.id, since: msToInstant(Date.now() + 60_000) });
    expect(none).toMatchObject({ changes: 0, newestChangeAt: null });
  });

  it('is refused for a line that could leave nothing out, naming it', async () => {
    const { call } = helper(false);
    const spec = { ...filesystemSpec(folder), ignoreLines: ['*.o', 'a\\'] };
    await expect(call('sources.excludeSizes', { spec })).rejects.toMatchObject({
      kind: 'bad-input',
      field: expect.stringMatching(/ignoreLines[.[]1/),
    });
  });
});
