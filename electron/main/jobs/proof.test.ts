import { expect, it } from 'vitest';
import { z } from 'zod';
import { earnLevel } from '../../../shared/domain/earn-level.ts';
import { type Evidence, evidenceSchema, type Tracking } from '../../../shared/domain/evidence.ts';
import { msToInstant } from '../../../shared/domain/time.ts';
import { evidenceOf, snapshotOf, sources } from '../testing/world-data.ts';
import { proofOf } from './proof.ts';

const time = Date.parse('2025-11-20T02:00:00Z');
const [source] = sources;
if (source === undefined) throw new Error('the world has a source');
const summary = snapshotOf(source, 1, time);
const held = evidenceOf(summary);
if (held?.hold == null) throw new Error('the world’s snapshots were held');
const { hold } = held;
const at = (ms: number) => msToInstant(Date.parse(summary.time) + ms);

const tracking: Tracking = {
  kind: 'fanotify',
  startedAt: at(-60_000),
  continuedFrom: 'a-version',
  gaps: 0,
  passes: [{ files: 20_500, bytes: 2 ** 30, durationMs: 5_100.25 }],
  drainedInside: true,
  foldersInside: 1,
  filesInside: 2,
  bytesInside: 9_000,
  openForWriting: 11,
  restatInside: true,
  writerScanComplete: true,
  writerScanGap: '',
  suspects: [{ kind: 'writable-mapping', path: '/home/ana/db', pid: 41 }],
  suspectsTotal: 1,
  suspectsSettled: 1,
  hotFiles: 0,
  retries: ['Too much changed at that moment.'],
  doubts: [],
};

const inside = { ...hold, readInside: false };
const cases: [string, Evidence][] = [
  ['filesystem', held],
  ['filesystem', { ...held, hold: inside, tracking, probe: { steps: 400, longestMs: 12.1 } }],
  ['per-file', { ...held, hold: inside, tracking: { ...tracking, doubts: ['A file was open.'] } }],
  ['per-file', { ...held, hold: inside, tracking: { ...tracking, suspectsSettled: 0 } }],
  ['per-file', { ...held, hold: { ...inside, thawConfirmed: false }, tracking }],
  ['per-file', { ...held, hold: inside, tracking: { ...tracking, startedAt: hold.requestedAt } }],
  ['torn', { ...held, files: { ...held.files, tornTotal: 1, torn: [{ path: '/a', reason: 'it changed' }] } }],
  ['crash', { ...held, hold: null, atomic: { kind: 'btrfs', flushed: true, oraclesPassed: false } }],
  ['filesystem', { ...held, hold: null, atomic: { kind: 'LVM', flushed: true, oraclesPassed: true } }],
];

const proofSchema = z.object({
  evidence: evidenceSchema,
  derivedLevel: z.object({ level: z.string(), reason: z.string() }),
  waysToALevel: z.array(
    z.object({ level: z.string(), conditions: z.array(z.object({ name: z.string(), isMet: z.boolean() })) }),
  ),
});

/** The file as a reader gets it: nothing but text. */
function savedProof(evidence: Evidence): z.infer<typeof proofSchema> {
  const mark = { verified: true } as Parameters<typeof proofOf>[0]['mark'];
  const { content } = proofOf({ summary, mark, evidence, run: null }, '1.0', time);
  return proofSchema.parse(JSON.parse(content));
}

it.each(cases)('says enough to come to the level again (%s)', (level, recorded) => {
  const { evidence, derivedLevel, waysToALevel } = savedProof({ ...recorded, level: earnLevel(recorded).level });
  expect(earnLevel(evidence)).toEqual(earnLevel(recorded));
  expect({ recorded: evidence.level, derived: derivedLevel.level }).toEqual({ recorded: level, derived: level });
  const met = waysToALevel.find(({ conditions }) => conditions.every(({ isMet }) => isMet));
  expect(met?.level ?? 'torn').toBe(level);
  expect({ ...evidence, level }).toEqual({ ...recorded, level });
});

it('does not repeat a label that the record does not carry', () => {
  const { evidence, derivedLevel } = savedProof({ ...held, hold: null, level: 'filesystem' });
  expect(evidence.level).toBe('filesystem');
  expect(derivedLevel.level).toBe('per-file');
});

it('has a name that says which snapshot, and when', () => {
  const mark = { verified: true } as Parameters<typeof proofOf>[0]['mark'];
  const { suggestedName } = proofOf({ summary, mark, evidence: null, run: null }, '1.0', time);
  expect(suggestedName).toMatch(/^Stillpoint proof [0-9a-f]{8} \d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.json$/);
});
