import { describe, expect, it } from 'vitest';
import { earnLevel, type LevelEvidence } from './earn-level.ts';
import { conditionNames, earnedRoute, levelRoutes } from './level-conditions.ts';
import { msToInstant } from './time.ts';

const start = Date.UTC(2026, 0, 5, 12);
const at = (ms: number) => msToInstant(start + ms);

/** All that `earnLevel` looks at, from bits: each says whether one thing is as it has to be. */
function evidenceOf(bit: () => boolean): LevelEvidence {
  const files = { files: 1, directories: 1, others: 0, bytes: 1, rereadTotal: 0, torn: [], unreadable: [] };
  const few = () => (bit() ? 0 : 1);
  return {
    files: { ...files, tornTotal: bit() || bit() || bit() ? 0 : 2, unreadableTotal: 0 },
    agreement: bit() && bit() ? { application: 'A', position: '1', confirmed: bit() } : null,
    hold: bit()
      ? {
          ...{ requestedAt: at(100), frozenAt: at(110), thawRequestedAt: at(115), thawedAt: at(120), stallMs: 20 },
          ...{ leaseMs: 250, filesInside: 1, bytesInside: 1 },
          thawCause: bit() || bit() ? 'command' : 'deadline',
          thawConfirmed: bit() || bit(),
          readInside: bit(),
        }
      : null,
    tracking: bit()
      ? {
          ...{ kind: 'fanotify', continuedFrom: null, gaps: 0, passes: [], foldersInside: 0, filesInside: 0 },
          ...{ bytesInside: 0, openForWriting: 1, writerScanGap: '', suspects: [], hotFiles: 0, retries: [] },
          startedAt: at(bit() || bit() || bit() ? 50 : 100),
          drainedInside: bit() || bit() || bit(),
          restatInside: bit() || bit() || bit(),
          writerScanComplete: bit() || bit() || bit(),
          suspectsTotal: 2,
          suspectsSettled: bit() || bit() || bit() ? 2 : 1,
          doubts: bit() || bit() || bit() ? [] : ['A file was open and nobody knows by whom.'],
        }
      : null,
    atomic: bit() ? { kind: 'btrfs', flushed: bit(), oraclesPassed: bit() } : null,
    observation: bit()
      ? {
          ...{ firstScanStartedAt: at(100), firstScanFinishedAt: at(110), suspectScanGap: '', suspects: [] },
          ...{ lastScanStartedAt: at(200), lastScanFinishedAt: at(210), ctimeGranularityMs: 4 },
          flushedBeforeFirstScan: bit() || bit(),
          differences: few() * few(),
          newestChangeAt: bit() ? null : at(bit() ? 20 : 97),
          suspectScanComplete: bit() || bit(),
          suspectsTotal: few() * few(),
        }
      : null,
  };
}

/** The same numbers every time. */
function bits(seed: number): () => boolean {
  let state = seed * 2_654_435_761 + 1;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state > 0x7fffffff;
  };
}

describe('the conditions of a level', () => {
  it('come to the level that is earned, whatever the evidence', () => {
    const levels = new Map<string, number>();
    const named = new Set<string>();
    for (let seed = 1; seed <= 20_000; seed += 1) {
      const evidence = evidenceOf(bits(seed));
      const { level } = earnLevel(evidence);
      expect({ seed, level: earnedRoute(evidence)?.level ?? 'torn' }).toEqual({ seed, level });
      levels.set(level, (levels.get(level) ?? 0) + 1);
      for (const { conditions } of levelRoutes(evidence)) for (const { name } of conditions) named.add(name);
    }
    expect([...levels.keys()].sort()).toEqual([
      ...['application', 'crash', 'filesystem', 'observed-static', 'per-file', 'torn'],
    ]);
    expect([...named].sort()).toEqual([...conditionNames].sort());
    expect(Math.min(...levels.values())).toBeGreaterThan(100);
  });

  it('name what is missing', () => {
    const evidence = evidenceOf(() => true);
    const { tracking, hold } = evidence;
    if (!tracking || !hold) throw new Error('all bits are set');
    const doubted = { ...evidence, agreement: null, atomic: null, hold: { ...hold, readInside: false } };
    const missing = (of: LevelEvidence) =>
      levelRoutes(of)[0]?.conditions.flatMap(({ name, isMet }) => (isMet ? [] : [name]));
    expect(missing(doubted)).toEqual([]);
    expect(missing({ ...doubted, tracking: { ...tracking, doubts: ['x'], suspectsSettled: 1 } })).toEqual([
      'suspects-settled',
      'no-doubts',
    ]);
  });
});
