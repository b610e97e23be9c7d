import type { PruneFigures, UnusedLimit } from '../../../shared/domain/prune.ts';
import { type ExitCode, exitCodeOfOutcome } from '../exit-codes.ts';
import { parseSize, parseUnusedLimit } from '../options/size-options.ts';
import { formatBytes, formatCount } from '../output/units.ts';
import { newRunId } from '../run-ids.ts';
import { openedRepository, type Session } from '../session.ts';

export interface PruneOptions {
  readonly dryRun?: boolean;
  readonly maxUnused?: string;
  readonly maxRepackSize?: string;
  readonly repackSmall?: boolean;
  readonly evenWithoutSnapshots?: boolean;
}

interface Limits {
  readonly maxUnused?: UnusedLimit;
  readonly maxRepackBytes?: number;
  readonly repackSmall?: boolean;
  readonly evenWithoutSnapshots?: boolean;
}

/** Gives back what no snapshot needs. With `--dry-run` only says what that would be. */
export async function prune(session: Session, options: PruneOptions): Promise<ExitCode> {
  const { maxUnused, maxRepackSize, repackSmall, evenWithoutSnapshots } = options;
  const dryRun = options.dryRun === true;
  const limits: Limits = {
    ...(maxUnused === undefined ? {} : { maxUnused: parseUnusedLimit('--max-unused', maxUnused) }),
    ...(maxRepackSize === undefined ? {} : { maxRepackBytes: parseSize('--max-repack-size', maxRepackSize) }),
    ...(repackSmall === true ? { repackSmall } : {}),
    ...(evenWithoutSnapshots === true ? { evenWithoutSnapshots } : {}),
  };
  const id = await openedRepository(session);
  const { service, output, signal } = session;
  const { run, figures } = await service.call(
    'repositories.prune',
    { id, runId: newRunId(), dryRun, limits },
    { signal, onEvent: (event) => output.runEvent(event) },
  );
  if (figures !== null) output.result({ type: 'prune', dryRun, ...figures }, figuresText(figures));
  output.result({ type: 'result', ...run }, run.summary);
  return exitCodeOfOutcome(run.outcome);
}

function figuresText(figures: PruneFigures): string {
  const packs = (count: number): string => formatCount(count, 'pack', 'packs');
  const lines: readonly (readonly [string, number, string])[] = [
    ['there', figures.bytes, packs(figures.packs)],
    ['needed', figures.neededBytes, ''],
    ['to delete', figures.deleteBytes, packs(figures.deletePacks)],
    ['to write again', figures.repackBytes, `${packs(figures.repackPacks)}, as ${packs(figures.newPacks)}`],
    ['given back', figures.freedBytes, ''],
    ['unused and stays', figures.remainingBytes, ''],
  ];
  return lines
    .map(([what, bytes, more]) => `${what.padEnd(17)}${signed(bytes).padStart(12)}${more === '' ? '' : `  ${more}`}`)
    .join('\n');
}

function signed(bytes: number): string {
  return bytes < 0 ? `-${formatBytes(-bytes)}` : formatBytes(bytes);
}
