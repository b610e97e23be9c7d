import { type Evidence, evidenceSchema, type PathNote } from '../../../../shared/domain/evidence.ts';

interface Lists {
  readonly leftOut?: readonly PathNote[];
  readonly leftOutTotal?: number;
  readonly unreadable?: readonly PathNote[];
  readonly torn?: readonly PathNote[];
}

/** Valid evidence of a made-up backup, with these lists. */
export function evidenceWith({ leftOut = [], leftOutTotal, unreadable = [], torn = [] }: Lists): Evidence {
  const at = '2026-01-01T00:00:00.000Z';
  return evidenceSchema.parse({
    version: 1,
    runId: '0'.repeat(32),
    sourceId: null,
    sourceName: 'made up',
    sourceKind: 'filesystem',
    sourceLocation: '/made/up',
    method: 'live',
    level: 'per-file',
    levelReason: 'made up',
    whyNotStronger: [],
    askedAt: at,
    stillPoint: at,
    hold: null,
    observation: null,
    agreement: null,
    atomic: null,
    flushedAt: null,
    files: {
      ...{ files: 0, directories: 0, others: 0, bytes: 0, rereadTotal: 0 },
      ...{ torn, tornTotal: torn.length, unreadable, unreadableTotal: unreadable.length },
    },
    leftOut,
    leftOutTotal: leftOutTotal ?? leftOut.length,
    attempts: 1,
    machine: { hostname: 'test', kernel: 'test', filesystem: 'test', mountPoint: '/', device: 'test' },
    detail: {},
  });
}
