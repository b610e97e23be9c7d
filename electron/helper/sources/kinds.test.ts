import { expect, it } from 'vitest';
import { filesystemSpec } from '../../../shared/domain/source.ts';
import { methodsByKind } from '../quiesce/methods-by-kind.ts';
import type { FilesystemFacts } from './filesystem/facts.ts';
import type { GroupFacts } from './group/facts.ts';
import { sourcesOf } from './kinds.ts';

const context = { own: { paths: [] }, signal: new AbortController().signal };
const folder = filesystemSpec('/srv');
const group = { kind: 'group' as const, members: [folder, filesystemSpec('/home')] };

function all() {
  return sourcesOf({
    filesystem: {
      kind: 'filesystem',
      examine: async ({ path }) => ({ kind: 'filesystem', location: path }) as FilesystemFacts,
      activity: async () => ({ changes: 3, newestNs: null, tookMs: 1 }),
    },
    group: {
      kind: 'group',
      examine: async ({ members }) =>
        ({ kind: 'group', location: members.map(({ path }) => path).join() }) as GroupFacts,
    },
  });
}

it('asks each source’s own kind', async () => {
  expect(await all().examine(folder, context)).toEqual({ kind: 'filesystem', location: '/srv' });
  expect(await all().examine(group, context)).toEqual({ kind: 'group', location: '/srv,/home' });
  expect(await all().activity(folder, context, 0n)).toMatchObject({ changes: 3 });
});

it('says so where a kind cannot tell', async () => {
  const words = { kind: 'bad-input', message: expect.stringContaining('of the kind group') };
  await expect(all().activity(group, context, 0n)).rejects.toMatchObject(words);
  await expect(all().excludeSizes(group, context)).rejects.toMatchObject(words);
});

it('offers to each kind its own methods, in their order, and none to a kind nobody knows', () => {
  const named = (name: string) => ({ name }) as never;
  const methodsFor = methodsByKind({ filesystem: [named('btrfs-snapshot'), named('live')], group: [named('live')] });
  const names = (kind: string) => methodsFor({ kind } as never).map(({ name }) => name);
  expect([names('filesystem'), names('group'), names('toString')]).toEqual([['btrfs-snapshot', 'live'], ['live'], []]);
});
