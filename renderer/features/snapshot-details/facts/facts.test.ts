import { describe, expect, it } from 'vitest';
import { consistencyLevels } from '../../../../shared/domain/level.ts';
import { evidenceOf } from '../../../testing/model/evidence.ts';
import { markOf } from '../../../testing/model/marks.ts';
import { plans } from '../../../testing/model/plans.ts';
import { backupRun, tornPaths } from '../../../testing/model/runs.ts';
import type { Plan } from '../../../testing/model/world.ts';
import type { Details } from './details.ts';
import { askedApart, stillnessOf } from './stillness.ts';
import { textbookEstimate } from './textbook-estimate.ts';
import { waterfallOf } from './waterfall.ts';

const at = Date.UTC(2026, 10, 20, 2);

function detailsOf(changes: Partial<Plan> = {}): Details {
  const plan: Plan = { ...plans.documents, ...changes };
  const mark = markOf(plan, at);
  const run = backupRun(plan, mark);
  return {
    mark,
    evidence: evidenceOf(plan, mark),
    run,
    summary: {
      ...mark,
      sourceId: run.sourceId,
      sourceName: plan.name,
      time: run.startedAt,
      askedAt: run.askedAt,
      hostname: 'kestrel',
      username: 'mika',
      paths: [plan.path],
      tags: [],
    },
  };
}

describe('stillnessOf', () => {
  it('claims nothing about a snapshot of another program', () => {
    const details = detailsOf();
    expect(stillnessOf({ ...details, mark: { ...details.mark, level: null }, evidence: null })).toEqual({
      kind: 'unknown',
    });
  });

  it.each(consistencyLevels)('does not repeat the label %s when the proof of it is missing', (level) => {
    const details = detailsOf({ level });
    expect(stillnessOf({ ...details, evidence: null })).toEqual({ kind: 'noEvidence', level });
  });

  it('does not repeat a label that the proof contradicts', () => {
    const details = detailsOf({ level: 'torn' });
    const labelled = { ...details, mark: { ...details.mark, level: 'filesystem' as const } };
    expect(stillnessOf(labelled).kind).toBe('noEvidence');
  });

  it('says how long it was held, and how many files are torn', () => {
    const held = detailsOf();
    expect(stillnessOf(held)).toEqual({ kind: 'held', stallMs: held.mark.stallMs });
    expect(stillnessOf(detailsOf({ level: 'torn' }))).toEqual({ kind: 'torn', files: tornPaths.length });
    expect(stillnessOf(detailsOf({ level: 'per-file' })).kind).toBe('per-file');
  });
});

describe('askedApart', () => {
  it('tells both times only when they lie far apart', () => {
    const details = detailsOf();
    expect(askedApart(details)).toBeNull();
    const later = { ...details, mark: { ...details.mark, askedAt: details.mark.time + 16 * 3_600_000 } };
    expect(askedApart(later)?.asked).toBe(later.mark.askedAt);
  });
});

describe('textbookEstimate', () => {
  it('adds what was copied ahead to the pause', () => {
    const details = detailsOf();
    const precopy = details.run?.phases.find(({ name }) => name === 'precopy')?.durationMs ?? 0;
    const estimate = textbookEstimate(details);
    expect(estimate?.totalMs).toBeCloseTo(precopy + (details.mark.stallMs ?? 0), 6);
  });

  it.each([
    ['another method', (details: Details) => ({ ...details, evidence: evidenceWith(details, { method: 'live' }) })],
    ['no pause', (details: Details) => ({ ...details, evidence: evidenceWith(details, { hold: null }) })],
    ['no evidence', (details: Details) => ({ ...details, evidence: null })],
    ['no run', (details: Details) => ({ ...details, run: null })],
    [
      'an unfinished phase',
      (details: Details) => ({
        ...details,
        run: details.run && {
          ...details.run,
          phases: details.run.phases.map((phase) => ({ ...phase, durationMs: null })),
        },
      }),
    ],
  ] as [string, (details: Details) => Details][])('is silent with %s', (_why, change) => {
    expect(textbookEstimate(change(detailsOf()))).toBeNull();
  });
});

describe('waterfallOf', () => {
  const rows = waterfallOf(backupRun(plans.documents, markOf(plans.documents, at)));

  it('joins the phases in which writers are held', () => {
    expect(rows.filter(({ name }) => name === 'held').length).toBe(1);
    const held = rows.find(({ name }) => name === 'held');
    expect(held?.durationMs).toBeCloseTo(markOf(plans.documents, at).stallMs ?? 0, 2);
  });

  it('covers the run from its beginning to its end', () => {
    expect(rows[0]?.start).toBe(0);
    const last = rows.at(-1);
    expect((last?.start ?? 0) + (last?.length ?? 0)).toBeCloseTo(1, 9);
    for (const { start, length } of rows) {
      expect(start).toBeGreaterThanOrEqual(0);
      expect(length).toBeGreaterThanOrEqual(0);
    }
  });

  it('has no rows for a run without finished phases', () => {
    const run = backupRun(plans.documents, markOf(plans.documents, at));
    expect(waterfallOf({ ...run, phases: [] })).toEqual([]);
  });
});

function evidenceWith(details: Details, change: Partial<NonNullable<Details['evidence']>>): Details['evidence'] {
  return details.evidence && { ...details.evidence, ...change };
}
