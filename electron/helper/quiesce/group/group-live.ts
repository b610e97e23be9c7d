import { maxListedPaths, type Observation } from '../../../../shared/domain/evidence.ts';
import { instantToNs } from '../../../../shared/domain/time.ts';
import type { FilesystemFacts } from '../../sources/filesystem/facts.ts';
import type { GroupFacts } from '../../sources/group/facts.ts';
import { statxCached } from '../../system/statx.ts';
import type { QuiesceMethod, StillEvidence, StillOutcome, StillView } from '../contract.ts';
import { entryMeta } from '../view/entry-meta.ts';
import { mergedView } from './merged-view.ts';

/**
 * Several folders copied live, one inside the other: the first look at each comes before anything is read of any, and the last
 * look after everything. Only if nothing was written to any of them meanwhile are all from one instant.
 */
export function createGroupLive(live: QuiesceMethod<FilesystemFacts>): QuiesceMethod<GroupFacts> {
  return {
    name: live.name,
    preflight: async ({ members }, lease) => {
      const promises = await Promise.all(members.map((member) => live.preflight(member, lease)));
      const [first] = promises;
      if (first === undefined) throw new Error('a group has no member');
      const isQuiet = promises.every(({ level }) => level === first.level);
      return {
        ...first,
        level: isQuiet ? first.level : 'per-file',
        reasons: [...new Set(promises.flatMap(({ reasons }) => reasons))],
      };
    },
    withStillView: (facts, lease, context, use) => {
      const views: StillView[] = [];
      const withRest = async <T>(
        members: readonly FilesystemFacts[],
        last: () => Promise<T>,
      ): Promise<{ readonly value: T; readonly evidence: readonly StillEvidence[] }> => {
        const [member, ...rest] = members;
        if (member === undefined) return { value: await last(), evidence: [] };
        const outcome = await live.withStillView(member, lease, context, (view) => {
          views.push(view);
          return withRest(rest, last);
        });
        return { value: outcome.value.value, evidence: [outcome.evidence, ...outcome.value.evidence] };
      };
      return merged(facts, views, withRest, use);
    },
  };
}

async function merged<T>(
  facts: GroupFacts,
  views: readonly StillView[],
  withAll: (
    members: readonly FilesystemFacts[],
    last: () => Promise<T>,
  ) => Promise<{ readonly value: T; readonly evidence: readonly StillEvidence[] }>,
  use: (view: StillView) => Promise<T>,
): Promise<StillOutcome<T>> {
  const { value, evidence } = await withAll(facts.members, () =>
    use(mergedView(views, entryMeta(statxCached(Buffer.from('/')), { linkTarget: null, xattrs: [] }))),
  );
  const [first] = evidence;
  if (first === undefined) throw new Error('a group has no member');
  const observation = mergedObservation(evidence.map((each) => each.observation));
  // What is mounted in one of them and is another is not left out.
  const inside = evidence.flatMap((each) => each.leftOut).filter(({ path }) => facts.paths.includes(path));
  const leftOut = evidence.flatMap((each) => each.leftOut).filter((note) => !inside.includes(note));
  return {
    value,
    evidence: {
      ...first,
      observation,
      stillPoint: observation?.firstScanFinishedAt ?? first.stillPoint,
      flushedAt: earliest(evidence.map(({ flushedAt }) => flushedAt)),
      leftOut: leftOut.slice(0, maxListedPaths),
      leftOutTotal: evidence.reduce((sum, each) => sum + each.leftOutTotal, 0) - inside.length,
      // What one member counts from is not what the group does.
      detail: {},
      machine: { filesystem: facts.filesystem, mountPoint: facts.mountPoint, device: facts.device },
      rereadTotal: evidence.reduce((sum, each) => sum + each.rereadTotal, 0),
    },
  };
}

/** What was seen of all: the first look of any to the last of any, and whatever was found in one of them. */
export function mergedObservation(parts: readonly (Observation | null)[]): Observation | null {
  const [first, ...others] = parts;
  if (first === undefined || first === null) return null;
  let all = first;
  for (const next of others) {
    if (next === null) return null;
    all = {
      firstScanStartedAt: least(all.firstScanStartedAt, next.firstScanStartedAt),
      firstScanFinishedAt: most(all.firstScanFinishedAt, next.firstScanFinishedAt),
      lastScanStartedAt: least(all.lastScanStartedAt, next.lastScanStartedAt),
      lastScanFinishedAt: most(all.lastScanFinishedAt, next.lastScanFinishedAt),
      flushedBeforeFirstScan: all.flushedBeforeFirstScan && next.flushedBeforeFirstScan,
      differences: all.differences + next.differences,
      newestChangeAt: newest(all.newestChangeAt, next.newestChangeAt),
      ctimeGranularityMs: Math.max(all.ctimeGranularityMs, next.ctimeGranularityMs),
      suspectScanComplete: all.suspectScanComplete && next.suspectScanComplete,
      suspectScanGap: [...new Set([all.suspectScanGap, next.suspectScanGap])].filter((gap) => gap !== '').join(' '),
      suspects: [...all.suspects, ...next.suspects].slice(0, maxListedPaths),
      suspectsTotal: all.suspectsTotal + next.suspectsTotal,
    };
  }
  return all;
}

function least(a: string, b: string): string {
  return instantToNs(a) <= instantToNs(b) ? a : b;
}

function most(a: string, b: string): string {
  return instantToNs(a) <= instantToNs(b) ? b : a;
}

function newest(a: string | null, b: string | null): string | null {
  return a === null || b === null ? (a ?? b) : most(a, b);
}

/** Null where one of them is: of that member nothing is known to have been flushed. */
function earliest(instants: readonly (string | null)[]): string | null {
  const known = instants.filter((instant) => instant !== null);
  return known.length === instants.length && known.length > 0 ? known.reduce(least) : null;
}
