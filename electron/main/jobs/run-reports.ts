import type { RunId } from '../../../shared/domain/ids.ts';
import type { RunReport } from '../../../shared/ipc/repositories.ts';

/** More than anybody looks at; each may hold thousands of lines. */
const mostReports = 50;

/** What runs found beyond their result, in the memory of this start. Their result and their log say the same in short. */
export class RunReports {
  readonly #reports = new Map<RunId, RunReport>();

  put(runId: RunId, report: RunReport): void {
    this.#reports.set(runId, report);
    const [oldest] = this.#reports.keys();
    if (this.#reports.size > mostReports && oldest !== undefined) this.#reports.delete(oldest);
  }

  get(runId: RunId): RunReport | null {
    return this.#reports.get(runId) ?? null;
  }
}
