import type { PhaseReporter } from '../../quiesce/contract.ts';

/** What was read back while more was written: that is told when everything else is read back. */
export class ProofCount {
  files = 0;
  bytes = 0;

  /** Counts what is told of as read back; everything else is passed on. */
  quieting(report: PhaseReporter): PhaseReporter {
    return {
      phase: (name, work) => report.phase(name, work),
      past: (name, startedAtMs, durationMs) => report.past(name, startedAtMs, durationMs),
      advance: (files, bytes) => {
        this.files += files;
        this.bytes += bytes;
      },
      totals: (files, bytes) => report.totals(files, bytes),
      held: (frozenAt, thawedAt, stallMs) => report.held(frozenAt, thawedAt, stallMs),
      note: (severity, text) => report.note(severity, text),
    };
  }
}
