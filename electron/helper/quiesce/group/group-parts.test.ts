import { describe, expect, it } from 'vitest';
import type { Hold, Observation } from '../../../../shared/domain/evidence.ts';
import type { FilesystemFacts } from '../../sources/filesystem/facts.ts';
import type { EntryMeta, StillEntry } from '../contract.ts';
import { freezeOrder } from './freeze-order.ts';
import { mergedObservation } from './group-live.ts';
import { mergedHold } from './merged-evidence.ts';
import { mergedView } from './merged-view.ts';
import { groupVersion, memberVersions } from './versions.ts';

function member(name: string, minor: number) {
  const mount = { major: 7, minor };
  return { name, facts: { mount, mountPoint: `/${name}` } as unknown as FilesystemFacts };
}

describe('the order of freezes', () => {
  it('has what stands on others before them, and each filesystem once', () => {
    const [disk, image, inner, other] = [member('disk', 1), member('image', 2), member('inner', 3), member('disk2', 1)];
    const under = (mountPoint: string): ReadonlySet<string> =>
      new Set({ '/disk': ['7:1'], '/image': ['7:2', '7:1'], '/inner': ['7:3', '7:2', '7:1'] }[mountPoint] ?? []);
    const order = freezeOrder([disk, inner, other, image], under);
    expect(order.map(({ device, members }) => [device, members.map(({ name }) => name)])).toEqual([
      ['7:3', ['inner']],
      ['7:2', ['image']],
      ['7:1', ['disk', 'disk2']],
    ]);
  });
});

describe('the hold of all', () => {
  const at = (ms: number): string => new Date(Date.UTC(2026, 5, 5) + ms).toISOString();
  const hold = (times: readonly [number, number, number, number], more: Partial<Hold> = {}): Hold => ({
    ...{ requestedAt: at(times[0]), frozenAt: at(times[1]), thawRequestedAt: at(times[2]), thawedAt: at(times[3]) },
    ...{ stallMs: times[3] - times[0], leaseMs: 250, thawCause: 'command', thawConfirmed: true, readInside: false },
    ...{ filesInside: 1, bytesInside: 1, ...more },
  });

  it('is from the last freeze in force to the first thaw asked for; the stall is the longest', () => {
    expect(mergedHold([hold([0, 5, 30, 40]), hold([6, 10, 20, 25])], 3, 7)).toEqual({
      ...hold([0, 10, 20, 40]),
      ...{ filesInside: 3, bytesInside: 7 },
    });
  });

  it('ended early when one of them did', () => {
    const late = hold([6, 10, 20, 25], { thawCause: 'deadline', thawConfirmed: false });
    expect(mergedHold([hold([0, 5, 30, 40]), late], 0, 0)).toMatchObject({
      thawCause: 'deadline',
      thawConfirmed: false,
    });
  });

  it('of what nobody held: a change anywhere counts, and what was not seen of one was not seen', () => {
    const seen = (more: Partial<Observation>): Observation => ({
      ...{ firstScanStartedAt: at(0), firstScanFinishedAt: at(1), lastScanStartedAt: at(8), lastScanFinishedAt: at(9) },
      ...{ flushedBeforeFirstScan: true, differences: 0, newestChangeAt: null, ctimeGranularityMs: 4 },
      ...{ suspectScanComplete: true, suspectScanGap: '', suspects: [], suspectsTotal: 0, ...more },
    });
    const inner = seen({
      ...{ firstScanStartedAt: at(2), firstScanFinishedAt: at(3), lastScanStartedAt: at(6), lastScanFinishedAt: at(7) },
      ...{ differences: 2, newestChangeAt: at(-5), suspectScanComplete: false, suspectScanGap: 'Hidden.' },
    });
    expect(mergedObservation([seen({}), inner])).toMatchObject({
      ...{ firstScanStartedAt: at(0), firstScanFinishedAt: at(3), lastScanStartedAt: at(6), lastScanFinishedAt: at(9) },
      ...{ differences: 2, newestChangeAt: at(-5), suspectScanComplete: false, suspectScanGap: 'Hidden.' },
    });
    expect(mergedObservation([seen({}), null])).toBeNull();
  });
});

describe('several views as one', () => {
  const meta = { type: 'dir' } as EntryMeta;
  const name = (text: string): Uint8Array => Buffer.from(text);
  const file = (text: string): StillEntry => ({
    ...{ name: name(text), meta: { type: 'file' } as EntryMeta, children: null, content: null, reusable: false },
  });
  const folder = (text: string, ...below: readonly StillEntry[]): StillEntry => ({
    ...{ name: name(text), meta, content: null, reusable: false },
    sameAs: { version: 'v', below: { files: 0, directories: 0, others: 0, bytes: 0 } },
    children: async function* () {
      yield* below;
    },
  });
  const view = (path: readonly string[], root: StillEntry) => ({
    ancestors: path.map((part) => ({ name: name(part), meta })),
    root,
    unreadable: () => [],
  });
  async function paths(entry: StillEntry, at = ''): Promise<string[]> {
    const found = [`${at}${entry.sameAs === undefined ? '' : '='}`];
    for await (const child of entry.children?.() ?? [])
      found.push(...(await paths(child, `${at}/${Buffer.from(child.name).toString()}`)));
    return found.toSorted();
  }

  it('hangs each below its real path', async () => {
    const { root, ancestors } = mergedView(
      [view(['srv'], folder('shop', file('a'))), view(['srv', 'data'], folder('db', file('b')))],
      meta,
    );
    expect(ancestors).toEqual([]);
    expect(await paths(root)).toEqual([
      '',
      '/srv',
      '/srv/data',
      '/srv/data/db/b',
      '/srv/data/db=',
      '/srv/shop/a',
      '/srv/shop=',
    ]);
  });

  it('puts one in the place that another has for it, and vouches for nothing above it', async () => {
    const outer = folder('srv', folder('data', folder('db'), file('c')), file('a'));
    const { root } = mergedView([view([], outer), view(['srv', 'data'], folder('db', file('b')))], meta);
    expect(await paths(root)).toEqual([
      '',
      '/srv',
      '/srv/a',
      '/srv/data',
      '/srv/data/c',
      '/srv/data/db/b',
      '/srv/data/db=',
    ]);
  });

  it('adds what the other does not have, and takes the root directory as a member', async () => {
    const { root } = mergedView([view([], folder('', file('a'))), view(['mnt'], folder('disk', file('b')))], meta);
    const found = await paths(root);
    expect(found).toEqual(['', '/a', '/mnt', '/mnt/disk/b', '/mnt/disk=']);
  });
});

describe('the version of a group', () => {
  it('is that of each member, and none where the members are not as many', () => {
    expect(memberVersions(groupVersion(['a-1', 'b-2']), 2)).toEqual(['a-1', 'b-2']);
    expect(memberVersions(groupVersion(['a-1', 'b-2']), 3)).toEqual([null, null, null]);
    expect(memberVersions(undefined, 2)).toEqual([null, null]);
  });
});
