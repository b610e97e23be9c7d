import type { PhaseReporter, QuiesceContext } from '../contract.ts';
import type { SleepGate, SleepHold } from './sleep-gate.ts';

/** Looks at a disk that a run has just written to are over by then, ms; who waits for longer waits for a quieter moment. */
const besideMs = 1_000;

/**
 * What has to be given before writers are held: leave by the policy, and sleep held off. Both are mostly waited for, so
 * they are asked for side by side; but while a run waits for a quieter moment the system may go to sleep as it likes.
 * Rejects with `freeze-refused`, for the policy's reason first, and holds nothing off then.
 */
export async function leaveToHold(
  { mayHold, report }: Pick<QuiesceContext, 'mayHold'> & { readonly report: Pick<PhaseReporter, 'note'> },
  sleep: Pick<SleepGate, 'hold'> | undefined,
  leaseMs: number,
): Promise<SleepHold | undefined> {
  const may = settled(mayHold?.() ?? Promise.resolve());
  const held = settled(sleep?.hold(leaseMs, report) ?? Promise.resolve(undefined));
  if (await isOverWithin(may, besideMs)) return both(await may, await held);
  const early = await held;
  if (early.status === 'fulfilled') await early.value?.[Symbol.asyncDispose]();
  const allowed = await may;
  // Who is refused asks for nothing more.
  if (allowed.status === 'rejected') throw allowed.reason;
  return sleep?.hold(leaseMs, report);
}

type Given = PromiseSettledResult<SleepHold | undefined>;

async function both(may: PromiseSettledResult<void>, held: Given): Promise<SleepHold | undefined> {
  if (may.status === 'fulfilled') {
    if (held.status === 'fulfilled') return held.value;
    throw held.reason;
  }
  if (held.status === 'fulfilled') await held.value?.[Symbol.asyncDispose]();
  throw may.reason;
}

async function settled<T>(promise: Promise<T>): Promise<PromiseSettledResult<T>> {
  const [result] = await Promise.allSettled([promise]);
  return result;
}

async function isOverWithin(promise: Promise<unknown>, ms: number): Promise<boolean> {
  const over = Promise.withResolvers<false>();
  const timer = setTimeout(() => over.resolve(false), ms);
  try {
    return await Promise.race([promise.then(() => true), over.promise]);
  } finally {
    clearTimeout(timer);
  }
}
