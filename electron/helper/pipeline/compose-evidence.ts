import { earnLevel } from '../../../shared/domain/earn-level.ts';
import { type Evidence, evidenceVersion, type PathNote } from '../../../shared/domain/evidence.ts';
import { type HookCall, maxHookCalls } from '../../../shared/domain/hooks.ts';
import type { RunId, SourceId } from '../../../shared/domain/ids.ts';
import type { QuiesceMethodName } from '../../../shared/domain/method.ts';
import type { Instant } from '../../../shared/domain/time.ts';
import type { CaptureTotals } from '../capture/contract.ts';
import type { StillEvidence } from '../quiesce/contract.ts';
import { keepListed } from './keep-listed.ts';

export interface EvidenceFacts {
  readonly runId: RunId;
  readonly sourceId: SourceId | null;
  readonly sourceName: string;
  readonly sourceKind: string;
  readonly sourceLocation: string;
  readonly method: QuiesceMethodName;
  readonly askedAt: Instant;
  readonly whyNotStronger: readonly string[];
  readonly attempts: number;
  /** Calls of hooks around what was held, in order. */
  readonly hooks?: readonly HookCall[];
  readonly hostname: string;
  readonly kernel: string;
  /** Entries the method could not list, complete after the walk. */
  readonly unlisted: readonly PathNote[];
}

/** The record as it is stored: what the method saw, what capture stored, and the level that the two earn together. */
export function composeEvidence(facts: EvidenceFacts, still: StillEvidence, totals: CaptureTotals): Evidence {
  const unreadable = [...facts.unlisted, ...totals.unreadable];
  const files = {
    files: totals.files,
    directories: totals.directories,
    others: totals.others,
    bytes: totals.bytes,
    rereadTotal: still.rereadTotal,
    torn: keepListed(totals.torn),
    tornTotal: totals.tornTotal,
    unreadable: keepListed(unreadable),
    unreadableTotal: facts.unlisted.length + totals.unreadableTotal,
  };
  const { hold, agreement, atomic } = still;
  const observation = still.observation && {
    ...still.observation,
    suspects: keepListed(still.observation.suspects),
  };
  const earned = earnLevel({ hold, tracking: still.tracking ?? null, observation, agreement, atomic, files });
  return {
    version: evidenceVersion,
    runId: facts.runId,
    sourceId: facts.sourceId,
    sourceName: facts.sourceName,
    sourceKind: facts.sourceKind,
    sourceLocation: facts.sourceLocation,
    method: facts.method,
    level: earned.level,
    levelReason: earned.reason,
    whyNotStronger: facts.whyNotStronger.slice(0, 20),
    askedAt: facts.askedAt,
    stillPoint: still.stillPoint,
    hold,
    ...(still.members === undefined ? {} : { members: still.members }),
    tracking: still.tracking ?? null,
    probe: still.probe ?? null,
    hooks: facts.hooks?.slice(0, maxHookCalls) ?? [],
    observation,
    agreement,
    atomic,
    flushedAt: still.flushedAt,
    files,
    leftOut: keepListed(still.leftOut),
    leftOutTotal: still.leftOutTotal,
    attempts: facts.attempts,
    machine: { hostname: facts.hostname, kernel: facts.kernel, ...still.machine },
    detail: still.detail,
  };
}
