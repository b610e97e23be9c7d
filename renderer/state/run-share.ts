import type { PhaseName, RunKind } from '../../shared/domain/run.ts';
import type { RunView } from '../../shared/ipc/runs.ts';

/** How far a run is, and what that is reckoned from. */
export interface RunShare {
  /** 0 to below 1: what is shown. It never falls, and reaches 1 only with the end. */
  readonly share: number;
  readonly phase: PhaseName | null;
  /** Where the phase began. */
  readonly phaseStart: number;
}

/** Where each phase of a kind of run ends, as a share of the whole. Copying takes longest; the rest is short. */
const phaseEnds: Readonly<Record<RunKind, Partial<Record<PhaseName, number>>>> = {
  backup: {
    preflight: 0.02,
    open: 0.04,
    scan: 0.1,
    precopy: 0.4,
    flush: 0.42,
    freeze: 0.43,
    delta: 0.44,
    thaw: 0.45,
    rescan: 0.47,
    store: 0.92,
    'verify-packs': 0.95,
    publish: 0.96,
    'verify-snapshot': 0.99,
  },
  restore: { plan: 0.05, open: 0.06, safety: 0.35, write: 0.85, 'verify-files': 0.99 },
  undo: { plan: 0.05, open: 0.06, safety: 0.35, write: 0.85, undo: 0.85, 'verify-files': 0.99 },
  check: { open: 0.02, 'check-structure': 0.99, 'check-data': 0.99, 'check-share': 0.99 },
  forget: { open: 0.02, scan: 0.4, forget: 0.99, repack: 0.99, publish: 0.99 },
  repair: { open: 0.02, scan: 0.7, repair: 0.99 },
  copy: { open: 0.02, copy: 0.99 },
};

/**
 * Progress of the whole from progress of its phases, which each count from nothing. A phase begins where the one before
 * it was left, whichever phases a run skips.
 */
export function advanceShare(before: RunShare | undefined, run: RunView): RunShare {
  const reached = before?.share ?? 0;
  if (run.finishedAt !== null) return { share: 1, phase: null, phaseStart: 1 };
  const phaseStart = before !== undefined && before.phase === run.phase ? before.phaseStart : reached;
  const end = run.phase === null ? reached : (phaseEnds[run.kind][run.phase] ?? reached);
  const share = phaseStart + Math.max(0, end - phaseStart) * doneInPhase(run);
  return { share: Math.min(0.99, Math.max(reached, share)), phase: run.phase, phaseStart };
}

function doneInPhase({ progress }: RunView): number {
  if (progress === null) return 0;
  const { bytes, totalBytes, files, totalFiles } = progress;
  if (totalBytes !== null && totalBytes > 0) return Math.min(1, bytes / totalBytes);
  if (totalFiles !== null && totalFiles > 0) return Math.min(1, files / totalFiles);
  return 0;
}
