import { Session } from 'node:inspector';

interface Coverage {
  readonly result: readonly {
    readonly url: string;
    readonly functions: readonly {
      readonly ranges: readonly { readonly startOffset: number; readonly endOffset: number; readonly count: number }[];
    }[];
  }[];
}

/** Which blocks of our code this thread ran, as V8 counts them. */
export class Covered {
  readonly #session = new Session();
  readonly #seen = new Set<string>();

  start(): void {
    this.#session.connect();
    this.#session.post('Profiler.enable');
    this.#session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
    this.take();
  }

  /** The blocks that ran since the last call. */
  take(): ReadonlySet<string> {
    let taken: Coverage | undefined;
    this.#session.post('Profiler.takePreciseCoverage', (error: Error | null, coverage: unknown) => {
      if (error) throw error;
      taken = coverage as Coverage;
    });
    if (taken === undefined) throw new Error('the coverage was not there at once');
    const ran = new Set<string>();
    for (const { url, functions } of taken.result) {
      if (!/\/(electron|shared|node_modules\/zod)\//.test(url)) continue;
      for (const { ranges } of functions)
        for (const { startOffset, endOffset, count } of ranges)
          if (count > 0) ran.add(`${url}:${startOffset}:${endOffset}`);
    }
    return ran;
  }

  /** Those that never ran before; from now on they did. */
  takeNew(): ReadonlySet<string> {
    const fresh = this.take().difference(this.#seen);
    for (const block of fresh) this.#seen.add(block);
    return fresh;
  }

  get blocks(): number {
    return this.#seen.size;
  }

  stop(): void {
    this.#session.post('Profiler.stopPreciseCoverage');
    this.#session.disconnect();
  }
}
