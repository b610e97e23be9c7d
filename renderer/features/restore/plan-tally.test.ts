import { describe, expect, it } from 'vitest';
import { changesIn, deeds, missingBytes, tallyPlan, type UntickedEntry } from './plan-tally.ts';
import { startGate } from './start-gate.ts';
import { someEntry, somePlan } from './testing/plans.ts';

const counts = { add: 12, replace: 214, metadata: 0, delete: 3, same: 1000 };

function unticked(...entries: UntickedEntry[]): ReadonlyMap<string, UntickedEntry> {
  return new Map(entries.map((entry) => [entry.path, entry]));
}

describe('the tally of a plan', () => {
  it('is the plan itself while nothing is unticked', () => {
    const plan = somePlan({ counts, bytesToWrite: 5_000 });
    expect(tallyPlan(plan, new Map())).toEqual({ ...counts, bytesToWrite: 5_000 });
  });

  it('takes unticked entries out of what will change and of what will be written', () => {
    const plan = somePlan({ counts, bytesToWrite: 5_000 });
    const tally = tallyPlan(
      plan,
      unticked(someEntry('/a', 'replace', { sizeThen: 1_000 }), someEntry('/b', 'add', { sizeThen: 500 })),
    );
    expect(tally).toEqual({ add: 11, replace: 213, metadata: 0, delete: 3, same: 1002, bytesToWrite: 3_500 });
  });

  it('does not count a spared file among those that stay as the snapshot has them', () => {
    const tally = tallyPlan(somePlan({ counts }), unticked(someEntry('/x', 'delete')));
    expect(tally).toMatchObject({ delete: 2, same: 1000 });
  });

  it('never counts below zero, whatever a stale choice holds', () => {
    const plan = somePlan({ counts: { ...counts, add: 0 }, bytesToWrite: 10 });
    expect(tallyPlan(plan, unticked(someEntry('/a', 'add')))).toMatchObject({ add: 0, bytesToWrite: 0 });
  });

  it('names only the deeds that happen', () => {
    expect(deeds(tallyPlan(somePlan({ counts: { ...counts, delete: 0 } }), new Map()))).toEqual([
      { deed: 'replace', count: 214 },
      { deed: 'add', count: 12 },
    ]);
  });

  it('knows how much space is missing, and does not guess where it is unknown', () => {
    const plan = somePlan({ counts, bytesToWrite: 100, freeBytes: 60 });
    expect(missingBytes(plan, tallyPlan(plan, new Map()))).toBe(40);
    const unknown = somePlan({ counts, bytesToWrite: 100 });
    expect(missingBytes(unknown, tallyPlan(unknown, new Map()))).toBe(0);
  });
});

describe('the gate before the start', () => {
  const gate = (plan: ReturnType<typeof somePlan>, seen: boolean, entries: UntickedEntry[] = []) =>
    startGate(plan, tallyPlan(plan, unticked(...entries)), seen);

  it('has nothing to open for when nothing would change', () => {
    const plan = somePlan({ counts: { ...counts, add: 0, replace: 0, delete: 0 } });
    expect(changesIn(tallyPlan(plan, new Map()))).toBe(0);
    expect(gate(plan, true)).toEqual({ kind: 'nothing-to-do' });
  });

  it('stays shut until deletions were looked at', () => {
    const plan = somePlan({ counts });
    expect(gate(plan, false)).toEqual({ kind: 'look-at-deletions', count: 3 });
    expect(gate(plan, true)).toEqual({ kind: 'open' });
  });

  it('asks for no look when every deletion was unticked', () => {
    const plan = somePlan({ counts: { ...counts, delete: 1 } });
    expect(gate(plan, false, [someEntry('/x', 'delete')])).toEqual({ kind: 'open' });
  });

  it('stays shut while the files do not fit, and opens once enough is unticked', () => {
    const plan = somePlan({ counts: { ...counts, delete: 0 }, bytesToWrite: 200, freeBytes: 150 });
    expect(gate(plan, false)).toEqual({ kind: 'no-space', missingBytes: 50 });
    expect(gate(plan, false, [someEntry('/a', 'add', { sizeThen: 80 })])).toEqual({ kind: 'open' });
  });
});
