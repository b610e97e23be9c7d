import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeHistory, policies, writeHistories } from '../testing/keep-histories.ts';
import { disagreements, exceptOldest, ourDecisions, resticDecisions, resticOptions } from '../testing/keep-oracle.ts';
import { testPassword } from '../testing/memory-repository.ts';
import { ResticPlace, resticBinaries } from '../testing/restic-program.ts';

const histories = Array.from({ length: 1000 }, (_, seed) => makeHistory(seed));
const titled = (perRules: number) =>
  policies(perRules).map((policy) => ({
    ...policy,
    title: `${policy.zone}: ${resticOptions(policy.rules).join(' ')}`,
  }));

/** One repository for all: nothing is changed in it. */
const shared = mkdtempSync(join(tmpdir(), 'stillpoint-histories-'));
beforeAll(() => writeHistories(shared, histories));
afterAll(() => rmSync(shared, { recursive: true, force: true }));

for (const { title, path, minor } of resticBinaries()) {
  /** Older ones do not keep the oldest snapshot for a rule that has counts left, and have no word for "all". */
  const isOld = minor < 17;
  describe.skipIf(path === undefined)(`keep rules beside ${title}`, () => {
    let place: ResticPlace;

    beforeAll(() => {
      place = new ResticPlace(path ?? '', testPassword);
      symlinkSync(shared, place.root);
    });
    afterAll(() => place.dispose());

    it.each(titled(isOld ? 1 : 2))('decide the same about a thousand histories in $title', async (policy) => {
      const theirs = await resticDecisions(place, policy, isOld ? '99999' : 'unlimited');
      expect(theirs.size).toBe(histories.length);
      const isCompared = isOld ? exceptOldest(histories) : undefined;
      expect(disagreements(ourDecisions(histories, policy), theirs, isCompared)).toEqual([]);
    });
  });
}
