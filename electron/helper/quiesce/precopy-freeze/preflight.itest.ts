import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FilesystemFacts } from '../../sources/index.ts';
import { type LoopFilesystem, openLoopFilesystem, whyNoLoopFilesystem } from '../../system/testing/loop-filesystem.ts';
import type { QuiesceEnvironment } from '../environment.ts';
import type { Journal } from '../journal/index.ts';
import type { RootHold } from '../root/contract.ts';
import { examineFolder } from '../testing/examine-folder.ts';
import { freezeEnvironment } from '../testing/freeze-environment.ts';
import { recordingReporter } from '../testing/recording-reporter.ts';
import { createPrecopyFreeze } from './index.ts';
import { longestStallOf } from './preflight.ts';

const missing = whyNoLoopFilesystem('ext4');
const lease = { longestStallMs: 250 };
/** Never lent from here: a promise looks only. */
const journal: Journal = {
  lend: () => {
    throw new Error('a promise borrows nothing');
  },
  countsOf: () => undefined,
  [Symbol.asyncDispose]: async () => {},
};
const rootHold = (obstacles: RootHold['obstacles'] = () => []): RootHold => ({
  concerns: () => false,
  obstacles,
  leaseMs: 120,
  emergencyThaw: true,
});

describe.skipIf(missing !== undefined)(missing ?? 'what is promised before anything is touched', () => {
  let filesystem: LoopFilesystem;
  let facts: FilesystemFacts;
  beforeAll(async () => {
    filesystem = await openLoopFilesystem({ type: 'ext4', sizeMiB: 32 });
    const root = join(filesystem.mountPoint, 'source');
    mkdirSync(root);
    writeFileSync(join(root, 'file'), 'x');
    facts = await examineFolder(root);
  });
  afterAll(() => filesystem.close());

  const promise = (over: Partial<QuiesceEnvironment> = {}, of: FilesystemFacts = facts, stallMs = 250) =>
    createPrecopyFreeze(freezeEnvironment({ journal, ...over })).preflight(of, { longestStallMs: stallMs });

  it('is a pause of milliseconds, whatever the size, and who else waits is said', async () => {
    const found = await promise();
    expect(found).toMatchObject({ method: 'precopy-freeze', available: true, level: 'filesystem', remedies: [] });
    expect(found.expectedStallMs).toBeLessThanOrEqual(50);
    expect(found.reasons.join(' ')).toContain('they wait only for what changed last');
    expect(found.reasons.join(' ')).toContain(`anywhere on ${filesystem.mountPoint}`);
    const huge = { ...facts, files: 1e7, bytes: 1e13, storedBytes: 1e13, counted: false };
    expect(await promise({}, huge)).toMatchObject({ available: true, expectedStallMs: found.expectedStallMs });
  });

  it('needs somebody who follows changes', async () => {
    const { journal: _, ...without } = freezeEnvironment({ journal });
    expect(await createPrecopyFreeze(without).preflight(facts, lease)).toMatchObject({
      available: false,
      reasons: ['Changes are not followed here, so nothing can be read before the pause.'],
      remedies: [],
    });
    const why = 'This kernel cannot follow changes.';
    expect(await promise({ trackers: { problem: () => why } })).toMatchObject({ available: false, reasons: [why] });
    expect(await promise({ trackers: { problem: () => null } })).toMatchObject({ available: true });
  });

  it('needs a filesystem that can be held', async () => {
    const found = await promise({}, { ...facts, filesystem: 'tmpfs', mount: { ...facts.mount, fsType: 'tmpfs' } });
    expect(found).toMatchObject({
      available: false,
      reasons: ['A filesystem of the kind tmpfs cannot be held still.'],
    });
  });

  it('needs a filesystem where stores into memory leave a trace', async () => {
    const found = await promise({}, { ...facts, filesystem: 'f2fs' });
    expect(found.available).toBe(false);
    expect(found.reasons).toEqual([expect.stringContaining('On f2fs programs can change files in memory')]);
  });

  it('says when even an idle freeze is expected to take longer than allowed', async () => {
    const found = await promise({}, facts, 5);
    expect(found).toMatchObject({ available: false, remedies: ['raise-longest-stall'] });
    expect(found.reasons.join()).toMatch(/Writers would pause about \d+ ms, longer than the 5 ms allowed\./);
  });

  it('takes no link that could be made to lead elsewhere', async () => {
    const found = await promise({ onlyDirectPlaces: true }, { ...facts, followedFrom: '/a/link' });
    expect(found).toMatchObject({ available: false, reasons: [expect.stringContaining('reached through a link')] });
  });

  it('does not mind Stillpoint’s own data on the same filesystem', async () => {
    const own = { own: () => ({ paths: [filesystem.mountPoint] }), scratchDirectory: filesystem.mountPoint };
    expect(await promise(own)).toMatchObject({ available: true });
  });

  it('holds what Stillpoint runs from only by the rules of the root, and for a shorter time', async () => {
    const programPlaces = [join(filesystem.mountPoint, 'source', 'file')];
    expect(await promise({ programPlaces })).toMatchObject({
      available: false,
      reasons: ['Stillpoint itself runs from this filesystem.'],
    });
    expect(await promise({ programPlaces, root: rootHold() })).toMatchObject({ available: true });
    const refused = rootHold(() => [{ reason: 'It has not been tried yet.', remedy: 'trial' }]);
    expect(await promise({ programPlaces, root: refused })).toMatchObject({
      ...{ available: false, reasons: ['It has not been tried yet.'], remedies: ['trial'] },
    });
    const held = freezeEnvironment({ journal, programPlaces, root: rootHold() });
    expect(longestStallOf(facts, lease, held)).toBe(120);
    expect(longestStallOf(facts, { longestStallMs: 60 }, held)).toBe(60);
    expect(longestStallOf(facts, lease, freezeEnvironment({ journal, root: rootHold() }))).toBe(250);
  });

  it('refuses the system’s own filesystem where nobody says how', async () => {
    const found = await promise({}, await examineFolder('/etc'));
    expect(found.available).toBe(false);
  });

  it('needs a place for what is read before the pause', async () => {
    const taking = createPrecopyFreeze(freezeEnvironment({ journal })).withStillView(
      facts,
      lease,
      { signal: new AbortController().signal, report: recordingReporter() },
      async () => {},
    );
    await expect(taking).rejects.toMatchObject({
      kind: 'freeze-refused',
      message: 'There is nowhere to put what is read before the pause.',
    });
  });
});
