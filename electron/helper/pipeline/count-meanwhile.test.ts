import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import type { SourceFacts } from '../sources/contract.ts';
import { countMeanwhile } from './count-meanwhile.ts';

const uncounted = { counted: false, files: 0, bytes: 0 } as SourceFacts;

function factsWith(count: () => Promise<SourceFacts>): SourceFacts {
  return { ...uncounted, count };
}

async function told(facts: SourceFacts, during: () => Promise<unknown>): Promise<readonly number[][]> {
  const totals: number[][] = [];
  {
    using _counting = countMeanwhile(facts, { totals: (files, bytes) => void totals.push([files, bytes]) }, 1);
    await during();
  }
  await sleep(20);
  return totals;
}

it('tells how much there is once it was counted', async () => {
  const facts = factsWith(async () => ({ ...uncounted, counted: true, files: 3, bytes: 30 }));
  expect(await told(facts, () => sleep(20))).toEqual([[3, 30]]);
});

it('tells nothing that is not known: counted in part, failed, or not to be counted', async () => {
  const inPart = factsWith(async () => ({ ...uncounted, files: 3, bytes: 30 }));
  const failed = factsWith(() => Promise.reject(new Error('gone')));
  for (const facts of [inPart, failed, uncounted]) expect(await told(facts, () => sleep(20))).toEqual([]);
});

it('tells nothing of a phase that is over, and counts for none that was short', async () => {
  let counts = 0;
  const late = factsWith(async () => {
    counts += 1;
    await sleep(10);
    return { ...uncounted, counted: true, files: 3, bytes: 30 };
  });
  expect(await told(late, () => sleep(5))).toEqual([]);
  expect(await told(late, () => Promise.resolve())).toEqual([]);
  expect(counts).toBe(1);
});
