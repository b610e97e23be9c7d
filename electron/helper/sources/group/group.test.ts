import { describe, expect, it } from 'vitest';
import { type FilesystemSpec, filesystemSpec } from '../../../../shared/domain/source.ts';
import { StillpointError } from '../../../../shared/errors/index.ts';
import { rulesDetail, rulesOf, storeRules } from '../filesystem/excludes/exclude-rules.ts';
import { excludesOf } from '../filesystem/excludes/excludes.ts';
import type { FilesystemFacts } from '../filesystem/facts.ts';
import { groupFacts } from './group-facts.ts';
import { createGroupSource } from './group-source.ts';

const context = { own: { paths: [] }, signal: new AbortController().signal };

/** `minor` tells the filesystem. */
function facts(path: string, minor: number, more: Partial<FilesystemFacts & { ignoreLines: string[] }> = {}) {
  const spec = filesystemSpec(path, { ignoreLines: more.ignoreLines ?? [] });
  return {
    ...{
      kind: 'filesystem',
      spec,
      location: path,
      filesystem: 'ext4',
      mountPoint: `/m${minor}`,
      device: `/dev/${minor}`,
    },
    ...{ mount: { major: 8, minor }, leftOut: [], files: 1, bytes: 10, counted: true, excludes: [`${path}/x`] },
    detail: { [rulesDetail]: storeRules(rulesOf(spec, [])) },
    ...more,
  } as unknown as FilesystemFacts;
}

describe('the facts of a group', () => {
  it('are those of all, in the order of their paths, however they are named', () => {
    const [a, b] = [facts('/a', 1), facts('/b', 2, { counted: false })];
    const { members, ...all } = groupFacts([b, a]);
    expect(members).toEqual([a, b]);
    expect(all).toMatchObject({
      ...{
        kind: 'group',
        paths: ['/a', '/b'],
        location: '/a, /b',
        mountPoint: '/m1, /m2',
        mountPoints: ['/m1', '/m2'],
      },
      ...{ filesystem: 'ext4', files: 2, bytes: 20, counted: false, excludes: ['/a/x', '/b/x'] },
    });
    expect(groupFacts([a, b])).toEqual(groupFacts([b, a]));
  });

  it('keep the rules of each, to be applied again below its own path', () => {
    const { detail } = groupFacts([facts('/a', 1, { ignoreLines: ['*.iso'] }), facts('/b', 2)]);
    const leavesOut = (root: string) =>
      excludesOf(detail ?? {}, Buffer.from(root))
        ?.in(Buffer.alloc(0), false)
        .leavesOut({ name: Buffer.from('x.iso'), path: Buffer.from('x.iso') }, false);
    expect([leavesOut('/a'), leavesOut('/b')]).toEqual([{ kind: 'rule', value: '*.iso' }, undefined]);
  });

  it('do not call left out what is another of them', () => {
    const note = (path: string) => ({ path, reason: 'Another filesystem (ext4) is mounted here.' });
    const outer = facts('/a', 1, { leftOut: [note('/a/m'), note('/a/n')] });
    expect(groupFacts([outer, facts('/a/m', 2)]).leftOut).toEqual([note('/a/n')]);
  });

  it.each([
    ['the same place', [facts('/a', 1), facts('/a', 1)], /same folder/, 1],
    ['a part of another', [facts('/a/b', 1), facts('/a', 1)], /^\/a\/b is part of \/a already/, 0],
    ['a part of everything', [facts('/', 1), facts('/a', 1)], /is part of \//, 1],
  ] as const)('are refused for %s', (_what, members, message, at) => {
    const refused = (): unknown => groupFacts(members);
    expect(refused).toThrow(message);
    expect(refused).toThrow(expect.objectContaining({ kind: 'bad-input', field: `spec.members.${at}.path` }));
  });

  it('may hold what another one leaves out, and what only sounds alike', () => {
    const outer = facts('/a', 1, { leftOut: [{ path: '/a/b', reason: 'Left out by choice.' }] });
    expect(groupFacts([outer, facts('/a/b', 1), facts('/a-b', 1)]).paths).toEqual(['/a', '/a-b', '/a/b']);
  });
});

describe('a group', () => {
  const spec = { kind: 'group' as const, members: [filesystemSpec('/b'), filesystemSpec('/a')] };
  const sizes = (files: number, value: string) => ({
    items: [{ kind: 'rule' as const, value, files, bytes: files * 10, places: [`/${files}`] }],
    ...{ keptFiles: 1, keptBytes: 2, complete: files < 3 },
  });
  const source = (more: Partial<Parameters<typeof createGroupSource>[0]>) =>
    createGroupSource({
      examine: async ({ path }: FilesystemSpec) => facts(path, 1),
      excludeSizes: async ({ path }) => sizes(path === '/a' ? 2 : 3, '*.iso'),
      activity: async ({ path }) => ({ changes: 2, newestNs: path === '/a' ? 7n : null, tookMs: 5 }),
      ...more,
    });

  it('is asked about as all of its members', async () => {
    expect((await source({}).examine(spec, context)).paths).toEqual(['/a', '/b']);
    expect(await source({}).activity?.(spec, context, 0n)).toEqual({ changes: 4, newestNs: 7n, tookMs: 5 });
    expect(await source({}).excludeSizes?.(spec, context)).toEqual({
      items: [{ kind: 'rule', value: '*.iso', files: 5, bytes: 50, places: ['/3', '/2'] }],
      ...{ keptFiles: 2, keptBytes: 4, complete: false },
    });
  });

  it('says which member is wrong, and what to do', async () => {
    const examine = async ({ path }: FilesystemSpec) => {
      if (path === '/b') return facts(path, 1);
      throw new StillpointError({
        kind: 'source-absent',
        message: 'gone',
        guidance: 'Mount it.',
        field: 'path',
        retryable: true,
      });
    };
    await expect(source({ examine }).examine(spec, context)).rejects.toMatchObject({
      ...{ kind: 'source-absent', message: 'gone', guidance: 'Mount it.', retryable: true },
      field: 'spec.members.1.path',
    });
  });
});
