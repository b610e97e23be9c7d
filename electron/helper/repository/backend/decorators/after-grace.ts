/** Aborted for the reason of `signal`, but only `ms` after it. */
export function afterGrace(signal: AbortSignal, ms: number): AbortSignal {
  const late = new AbortController();
  const start = (): void => void setTimeout(() => late.abort(signal.reason), ms).unref();
  if (signal.aborted) start();
  else signal.addEventListener('abort', start, { once: true });
  return late.signal;
}
