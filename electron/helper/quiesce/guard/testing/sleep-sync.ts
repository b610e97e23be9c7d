const sleeper = new Int32Array(new SharedArrayBuffer(4));

/** Holds up the thread. */
export function sleepSync(ms: number): void {
  Atomics.wait(sleeper, 0, 0, ms);
}
