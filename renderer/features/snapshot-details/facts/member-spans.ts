import type { HeldMember } from '../../../../shared/domain/evidence.ts';
import { preciseMs } from './precise-ms.ts';

/** A stretch of the barrier, as shares of its whole: 0 when the first freeze was asked for, 1 when the last thaw was done. */
export interface Share {
  readonly from: number;
  readonly to: number;
}

export interface MemberSpan {
  readonly locations: readonly string[];
  readonly mountPoint: string;
  readonly filesystem: string;
  readonly stallMs: number;
  /** Milliseconds from the first request until this one was frozen, and until its writers ran again. */
  readonly frozenAfterMs: number;
  readonly thawedAfterMs: number;
  /** Asked for, in force, and being ended. */
  readonly freezing: Share;
  readonly held: Share;
  readonly thawing: Share;
}

export interface Barrier {
  readonly members: readonly MemberSpan[];
  readonly totalMs: number;
  /** While all of them were held: what is in the copy is from then. Null where no such time is recorded. */
  readonly together: (Share & { readonly ms: number }) | null;
}

/** Which place was held when, to one scale, in the order of the freezes. Null where there are no several. */
export function barrierOf(members: readonly HeldMember[] | undefined): Barrier | null {
  if (members === undefined || members.length < 2) return null;
  const times = members.map(({ hold }) => ({
    requested: preciseMs(hold.requestedAt),
    frozen: preciseMs(hold.frozenAt),
    thawing: preciseMs(hold.thawRequestedAt),
    thawed: preciseMs(hold.thawedAt),
  }));
  const begin = Math.min(...times.map(({ requested }) => requested));
  const totalMs = Math.max(...times.map(({ thawed }) => thawed)) - begin;
  const shareOf = (from: number, to: number): Share => ({ from: within(from), to: Math.max(within(from), within(to)) });
  const within = (at: number): number => (totalMs > 0 ? Math.min(1, Math.max(0, (at - begin) / totalMs)) : 0);
  const [allFrozen, firstThaw] = [
    Math.max(...times.map(({ frozen }) => frozen)),
    Math.min(...times.map(({ thawing }) => thawing)),
  ];
  return {
    members: members.map(({ locations, mountPoint, filesystem, hold }, at): MemberSpan => {
      const { requested, frozen, thawing, thawed } = times[at] ?? { requested: 0, frozen: 0, thawing: 0, thawed: 0 };
      return {
        ...{ locations, mountPoint, filesystem, stallMs: hold.stallMs },
        frozenAfterMs: Math.max(0, frozen - begin),
        thawedAfterMs: Math.max(0, thawed - begin),
        freezing: shareOf(requested, frozen),
        held: shareOf(frozen, thawing),
        thawing: shareOf(thawing, thawed),
      };
    }),
    totalMs,
    together: firstThaw > allFrozen ? { ...shareOf(allFrozen, firstThaw), ms: firstThaw - allFrozen } : null,
  };
}
