import { Breather } from '../breather.ts';
import { sealOverhead } from '../crypto/sealer.ts';
import { headerLengthField, packHeaderLength } from '../format/pack-header.ts';
import { maxPackBlobs } from '../pack/pack-assembler.ts';
import type { Source } from './pack-choice.ts';
import type { SourceEntries } from './source-entries.ts';

/** Packs copied before what they replace goes: so much room is needed meanwhile, and so much work is lost by a kill. */
const packsPerBatch = 16;
/** Of those that need no copying. */
const sourcesPerBatch = 500;

export function batchBytes(packTarget: number): number {
  return packsPerBatch * packTarget;
}

/**
 * The first few of `waiting`, at least one, of which no more than `bytes` are copied; one alone where there is no room at
 * all: what is said not to need copying may need it, where another copy turns out to be damaged.
 */
export function nextBatch(waiting: readonly Source[], bytes: number): readonly Source[] {
  let sum = 0;
  const end = waiting.findIndex(({ copied }, at) => {
    sum += copied;
    return at > 0 && (sum > bytes || bytes === 0 || at >= sourcesPerBatch);
  });
  return end < 0 ? waiting : waiting.slice(0, end);
}

export interface Expected {
  readonly packs: number;
  readonly bytes: number;
}

/** The packs that copying will write if all is whole and there is room. */
export async function expectedPacks(
  sources: readonly Source[],
  entries: SourceEntries,
  packTarget: number,
  signal?: AbortSignal,
): Promise<Expected> {
  const breather = new Breather();
  const before = entries.checkpoint();
  const expected = { packs: 0, bytes: 0 };
  const open = { data: { blobs: 0, bytes: 0 }, tree: { blobs: 0, bytes: 0 } };
  const finish = (type: 'data' | 'tree'): void => {
    expected.packs += 1;
    expected.bytes += sealOverhead + headerLengthField;
    open[type] = { blobs: 0, bytes: 0 };
  };
  for (let at = 0; at < sources.length; ) {
    const batch = nextBatch(sources.slice(at, at + sourcesPerBatch + 1), batchBytes(packTarget));
    at += batch.length;
    for (const source of batch) {
      await breather.breathe(signal);
      for (const { keeper, canonical } of entries.of(source)) {
        entries.secure(canonical);
        if (!entries.isSource(keeper)) continue;
        const blob = entries.blobAt(keeper);
        const pack = open[blob.type];
        pack.blobs += 1;
        pack.bytes += blob.length;
        expected.bytes += blob.length + packHeaderLength([blob]);
        if (pack.bytes >= packTarget || pack.blobs >= maxPackBlobs) finish(blob.type);
      }
    }
    for (const type of ['data', 'tree'] as const) if (open[type].blobs > 0) finish(type);
  }
  entries.rollback(before);
  return expected;
}
