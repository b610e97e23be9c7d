import { betterPromises } from '../../../shared/domain/better-promises.ts';
import type { MethodPromise, Preflight } from '../../../shared/domain/preflight.ts';

/** What a preflight means for people, in parts, so that each language can build its own sentence. */
export interface SourcePromise {
  /** `held`: writers pause. `instant`: one instant, nobody waits. `watched`: nobody is held; it depends on who writes. */
  readonly manner: 'held' | 'instant' | 'watched';
  readonly level: MethodPromise['level'];
  readonly stallMs: number;
  /** Why it is not stronger: the first reason of the method that could do better and is nearest. Null when none could. */
  readonly because: string | null;
  /** Why the pause is not shorter, where something would make it so. */
  readonly notShorter: string | null;
  /** Whether asking an administrator is what stands between this and a better promise. */
  readonly rightsWouldHelp: boolean;
  /** Everything that would make it better, each once. */
  readonly remedies: readonly Remedy[];
}

export type Remedy = MethodPromise['remedies'][number];

export function readPreflight(preflight: Preflight): SourcePromise {
  const { chosen } = preflight;
  const { stronger, shorter, remedies } = betterPromises(preflight);
  const isWatched = chosen.method === 'live';
  return {
    manner: isWatched ? 'watched' : chosen.expectedStallMs > 0 ? 'held' : 'instant',
    level: chosen.level,
    stallMs: chosen.expectedStallMs,
    because: stronger[0]?.reasons[0] ?? (isWatched ? (chosen.reasons[0] ?? null) : null),
    notShorter: shorter[0]?.reasons[0] ?? null,
    rightsWouldHelp: remedies.includes('grant-helper'),
    remedies,
  };
}
