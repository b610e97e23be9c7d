import { describe, expect, it } from 'vitest';
import { evidenceOf } from '../../../testing/model/evidence.ts';
import { markOf } from '../../../testing/model/marks.ts';
import { plans } from '../../../testing/model/plans.ts';
import { barrierOf } from './member-spans.ts';

const at = Date.UTC(2026, 10, 20, 3);
const { members } = evidenceOf(plans.ledger, markOf(plans.ledger, at));

describe('which place was held when', () => {
  it('is told of several places only', () => {
    expect(barrierOf(undefined)).toBeNull();
    expect(barrierOf(members?.slice(0, 1))).toBeNull();
  });

  it('goes from the first freeze to the last thaw, and what was frozen first is thawed last', () => {
    const barrier = barrierOf(members);
    const [first, second] = barrier?.members ?? [];
    expect(first?.locations).toEqual(['/var/lib/ledger']);
    expect([first?.freezing.from, first?.thawing.to]).toEqual([0, 1]);
    expect(second?.freezing.from).toBeGreaterThanOrEqual(first?.freezing.to ?? 1);
    expect(second?.thawing.to).toBeLessThan(1);
    expect(first?.thawedAfterMs).toBeCloseTo(barrier?.totalMs ?? 0, 6);
    expect(barrier?.totalMs).toBeCloseTo(first?.stallMs ?? 0, 2);
  });

  it('knows when all were held, and says nothing of a time that was none', () => {
    const together = barrierOf(members)?.together;
    const [, last] = barrierOf(members)?.members ?? [];
    expect(together?.from).toBeCloseTo(last?.held.from ?? 0, 9);
    expect(together?.to).toBeCloseTo(last?.held.to ?? 0, 9);
    expect(together?.ms).toBeGreaterThan(0);
    const apart = members?.map((member, index) =>
      index === 0 ? { ...member, hold: { ...member.hold, thawRequestedAt: member.hold.frozenAt } } : member,
    );
    expect(barrierOf(apart)?.together).toBeNull();
  });

  it('never draws past its ends, whatever a clock did', () => {
    const back = members?.map((member) => ({ ...member, hold: { ...member.hold, thawedAt: member.hold.requestedAt } }));
    for (const { freezing, held, thawing } of barrierOf(back)?.members ?? [])
      for (const { from, to } of [freezing, held, thawing]) {
        expect(from).toBeGreaterThanOrEqual(0);
        expect(to).toBeLessThanOrEqual(1);
        expect(to).toBeGreaterThanOrEqual(from);
      }
  });
});
