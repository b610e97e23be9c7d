import type { PhaseName } from '../../../../shared/domain/run.ts';
import type { PhaseReporter } from '../contract.ts';

export interface RecordedReport extends PhaseReporter {
  readonly phases: PhaseName[];
  readonly notes: string[];
  readonly holds: { readonly frozenAt: string; readonly thawedAt: string; readonly stallMs: number }[];
  /** Everything told, in order; a method must tell nothing while it holds. */
  readonly told: string[];
}

/** Keeps what a method tells. */
export function recordingReporter(): RecordedReport {
  const phases: PhaseName[] = [];
  const notes: string[] = [];
  const holds: RecordedReport['holds'] = [];
  const told: string[] = [];
  return {
    phases,
    notes,
    holds,
    told,
    async phase(name, work) {
      phases.push(name);
      told.push(`phase ${name}`);
      return work();
    },
    past(name) {
      phases.push(name);
      told.push(`past ${name}`);
    },
    advance() {
      told.push('advance');
    },
    totals() {
      told.push('totals');
    },
    held(frozenAt, thawedAt, stallMs) {
      holds.push({ frozenAt, thawedAt, stallMs });
      told.push('held');
    },
    note(_severity, text) {
      notes.push(text);
      told.push('note');
    },
  };
}
