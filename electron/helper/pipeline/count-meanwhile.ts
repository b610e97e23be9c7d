import type { PhaseReporter } from '../quiesce/contract.ts';
import type { SourceFacts } from '../sources/contract.ts';

/** A backup that reads for longer than this is worth a walk that only counts, ms. */
const worthCountingMs = 3_000;

/**
 * Who backs up for the first time does not know how much there is. Where it takes long it is counted meanwhile, so that the
 * phase under way can tell how far it is. A count that stopped early or failed tells nothing: progress goes without.
 */
export function countMeanwhile(
  facts: SourceFacts,
  report: Pick<PhaseReporter, 'totals'>,
  afterMs = worthCountingMs,
): Disposable {
  let isOver = false;
  const tell = async (): Promise<void> => {
    const { counted, files, bytes } = (await facts.count?.()) ?? facts;
    if (counted && !isOver) report.totals(files, bytes);
  };
  const timer = setTimeout(() => void tell().catch(() => {}), afterMs);
  return {
    [Symbol.dispose]: () => {
      isOver = true;
      clearTimeout(timer);
    },
  };
}
