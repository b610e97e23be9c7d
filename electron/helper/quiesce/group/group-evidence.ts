import { maxListedPaths, type PathNote } from '../../../../shared/domain/evidence.ts';
import { instantToNs, nsToInstant } from '../../../../shared/domain/time.ts';
import type { StillEvidence } from '../contract.ts';
import { doubtNs } from '../ctime/granularity.ts';
import type { AfterThaw } from '../precopy-freeze/after-thaw.ts';
import { mayBeCountedFrom } from '../precopy-freeze/counts-from.ts';
import { notesOf } from '../precopy-freeze/kept-notes.ts';
import { trackingEvidence } from '../precopy-freeze/tracking-evidence.ts';
import { type GroupRunParts, type Member, type OpenMember, sumOf, type TakenGroup } from './members.ts';
import { mergedHold, mergedTracking } from './merged-evidence.ts';
import { groupVersion } from './versions.ts';

/** What is told of a hold of several: what they have in common, and of each filesystem when it was held. */
export function groupEvidence(
  { facts, context }: Pick<GroupRunParts, 'facts' | 'context'>,
  members: readonly Member[],
  { held, after }: TakenGroup,
  retries: readonly string[],
): StillEvidence {
  const [first, ...others] = held;
  if (first === undefined) throw new Error('a group has no filesystem');
  const inside = sumOf(members.map(({ source }) => source.taken));
  const hold = mergedHold([first.hold, ...others.map((each) => each.hold)], inside.files, inside.bytes);
  const trackings = members.map((member) =>
    trackingEvidence(member.source, member.loan.tracker, after.get(member) ?? nothingSeen, retries),
  );
  const [tracking, ...more] = trackings;
  if (tracking === undefined) throw new Error('a group has no member');
  const continues = members.every(({ base }) => base !== null) ? (context.parentBase ?? null) : null;
  const paths = members.map((member) => member.facts.location);
  // What is mounted in one of them and is another is not left out.
  const leftOut = members.flatMap(leftOutOf).filter(({ path }) => !paths.includes(path));
  const versions = members.map(({ source }) => source.taken.version.id);
  const trusted = new Set(members.flatMap(({ source }) => source.trusted));
  const judged = {
    ...{ hold, observation: null, agreement: null, atomic: null },
    tracking: mergedTracking([tracking, ...more], continues),
  };
  const isCountedFrom = mayBeCountedFrom(judged);
  return {
    ...judged,
    // Each freeze flushes its filesystem, and begins with it; the first began before all. Nothing is reused of what may be older.
    flushedAt: isCountedFrom ? nsToInstant(instantToNs(hold.requestedAt) - doubtNs()) : null,
    stillPoint: hold.frozenAt,
    leftOut: leftOut.slice(0, maxListedPaths),
    leftOutTotal: leftOut.length,
    members: held.map(({ filesystem, hold: own }) => ({
      locations: filesystem.members.map((member) => member.facts.location),
      mountPoint: filesystem.members[0].facts.mountPoint,
      filesystem: filesystem.members[0].facts.filesystem,
      hold: own,
    })),
    detail: {
      ...(isCountedFrom ? { checkpoint: groupVersion(versions) } : {}),
      ...(trusted.size === 0 ? {} : { trustedPrograms: [...trusted].join(' ') }),
    },
    machine: { filesystem: facts.filesystem, mountPoint: facts.mountPoint, device: facts.device },
    rereadTotal: members.reduce((sum, { source }) => sum + source.contents.rereads, 0),
  };
}

const nothingSeen: AfterThaw = { doubted: [], doubts: [], gap: 'Nobody looked after the pause.', suspects: [] };

function leftOutOf({ loan, tree }: OpenMember): readonly PathNote[] {
  const notes = notesOf(loan.picture);
  notes.met(tree);
  return notes.all();
}
