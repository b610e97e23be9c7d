import type { MethodPromise, Preflight } from '../../../shared/domain/preflight.ts';

/** What a preflight means for people, in parts, so that each language can build its own sentence. */
export interface SourcePromise {
  /** `held`: writers pause. `instant`: one instant, nobody waits. `watched`: nobody is held; it depends on who writes. */
  readonly manner: 'held' | 'instant' | 'watched';
  readonly level: MethodPromise['level'];
  readonly stallMs: number;
  /** Why it is not stronger: the first reason of the strongest method that would have done better. Null when none would. */
  readonly because: string | null;
  /** Whether asking an administrator is what stands between this and a stronger promise. */
  readonly rightsWouldHelp: boolean;
  /** Everything that would make it stronger, each once. */
  readonly remedies: readonly Remedy[];
}

export type Remedy = MethodPromise['remedies'][number];

export function readPreflight(preflight: Preflight): SourcePromise {
  const { chosen } = preflight;
  const better = strongerThan(chosen, preflight.considered);
  const remedies = [...new Set(better.flatMap((method) => method.remedies))];
  const because = better.flatMap((method) => method.reasons)[0] ?? chosen.reasons[0] ?? null;
  return {
    manner: chosen.method === 'live' ? 'watched' : chosen.expectedStallMs > 0 ? 'held' : 'instant',
    level: chosen.level,
    stallMs: chosen.expectedStallMs,
    because: chosen.method === 'live' || better.length > 0 ? because : null,
    rightsWouldHelp: remedies.includes('grant-helper'),
    remedies,
  };
}

/** The methods that stand before the chosen one: `considered` is ordered, strongest first. */
function strongerThan(chosen: MethodPromise, considered: readonly MethodPromise[]): readonly MethodPromise[] {
  const at = considered.findIndex((method) => method.method === chosen.method);
  return considered.slice(0, at < 0 ? considered.length : at).filter((method) => !method.available);
}
