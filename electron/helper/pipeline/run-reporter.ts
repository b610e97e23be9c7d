import type { RepositoryId, RunId, SourceId } from '../../../shared/domain/ids.ts';
import type { PhaseName, RunEvent, RunKind, RunResult, RunTrigger } from '../../../shared/domain/run.ts';
import { type Instant, msToInstant } from '../../../shared/domain/time.ts';
import type { PhaseReporter } from '../quiesce/contract.ts';
import { type Clock, systemClock } from './clock.ts';
import { ProgressMeter } from './progress-meter.ts';

const emitProgressEveryMs = 100;

export interface RunStart {
  readonly runId: RunId;
  readonly kind: RunKind;
  readonly sourceId: SourceId | null;
  readonly repositoryId: RepositoryId | null;
  readonly askedAt: Instant;
  readonly title: string;
  /** Default: a person. */
  readonly trigger?: RunTrigger;
}

/**
 * Turns what the stages tell into the run's events, in order and with honest times. Phases nest by replacing each
 * other's meter: progress always belongs to the innermost.
 */
export class RunReporter implements PhaseReporter {
  readonly #runId: RunId;
  readonly #emit: (event: RunEvent) => void;
  readonly #clock: Clock;
  readonly #stack: { readonly name: PhaseName; readonly meter: ProgressMeter }[] = [];
  #progressAt = Number.NEGATIVE_INFINITY;
  #expected: { readonly files: number; readonly bytes: number } | null = null;

  constructor(start: RunStart, emit: (event: RunEvent) => void, clock: Clock = systemClock) {
    this.#runId = start.runId;
    this.#emit = emit;
    this.#clock = clock;
    emit({ type: 'run-started', at: this.#now(), trigger: 'person', ...start });
  }

  /** Totals that phases without totals of their own start from: what preflight counted. */
  expect(files: number, bytes: number): void {
    this.#expected = { files, bytes };
  }

  async phase<T>(name: PhaseName, work: () => Promise<T>): Promise<T> {
    const startedAt = this.#clock.monotonic();
    const meter = new ProgressMeter(this.#clock);
    if (name === 'store' && this.#expected) meter.totals(this.#expected.files, this.#expected.bytes);
    this.#emit({ type: 'phase-started', runId: this.#runId, at: this.#now(), phase: name });
    this.#stack.push({ name, meter });
    try {
      return await work();
    } finally {
      this.#emitProgress(true);
      this.#stack.pop();
      const durationMs = this.#clock.monotonic() - startedAt;
      this.#emit({ type: 'phase-finished', runId: this.#runId, at: this.#now(), phase: name, durationMs });
    }
  }

  past(name: PhaseName, startedAtMs: number, durationMs: number): void {
    const runId = this.#runId;
    this.#emit({ type: 'phase-started', runId, at: msToInstant(startedAtMs), phase: name });
    this.#emit({ type: 'phase-finished', runId, at: msToInstant(startedAtMs + durationMs), phase: name, durationMs });
  }

  advance(files: number, bytes: number, current?: string): void {
    this.#stack.at(-1)?.meter.advance(files, bytes, current);
    this.#emitProgress(false);
  }

  totals(files: number, bytes: number): void {
    this.#stack.at(-1)?.meter.totals(files, bytes);
  }

  held(frozenAt: Instant, thawedAt: Instant, stallMs: number): void {
    this.#emit({ type: 'held', runId: this.#runId, at: this.#now(), frozenAt, thawedAt, stallMs });
  }

  note(severity: 'info' | 'warning', text: string): void {
    this.#emit({ type: 'note', runId: this.#runId, at: this.#now(), severity, text });
  }

  finished(result: RunResult): void {
    this.#emit({ type: 'run-finished', runId: this.#runId, at: this.#now(), result });
  }

  #now(): Instant {
    return msToInstant(this.#clock.now());
  }

  #emitProgress(last: boolean): void {
    const top = this.#stack.at(-1);
    if (!top) return;
    const now = this.#clock.monotonic();
    if (!last && now - this.#progressAt < emitProgressEveryMs) return;
    const progress = top.meter.read();
    if (last && progress.files === 0 && progress.bytes === 0) return;
    this.#progressAt = now;
    this.#emit({ type: 'progress', runId: this.#runId, at: this.#now(), phase: top.name, progress });
  }
}
