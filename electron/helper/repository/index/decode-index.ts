import type { Breather } from '../breather.ts';
import { decodeIndexFile } from '../format/index-file.ts';
import { columnsOf } from './listed-blobs.ts';
import { type ColumnsMemory, type ParsedIndex, parseIndex } from './parse-index.ts';

const packsBetween = 32;

/** What an index file says, valid until the memory is used again. `repository-damaged` where it says nothing that makes sense. */
export async function decodeIndex(
  file: Buffer,
  memory: ColumnsMemory,
  breather: Breather,
  signal: AbortSignal | undefined,
): Promise<ParsedIndex> {
  const steps = parseIndex(file, memory);
  let step = steps.next();
  // To ask what time it is takes as long as to read a blob.
  for (let packs = 1; !step.done; step = steps.next(), packs += 1)
    if (packs % packsBetween === 0 && breather.isDue) await breather.breathe(signal);
  return step.value ?? decodeAnyIndex(file);
}

/** By the general decoder: any JSON, in any order and spacing. */
export function decodeAnyIndex(file: Buffer): ParsedIndex {
  const { supersedes, packs } = decodeIndexFile(file.toString('utf8'));
  let count = 0;
  const ranges = packs.map(({ id, blobs }) => {
    const from = count;
    count += blobs.length;
    return { id, from, to: count };
  });
  return { supersedes, packs: ranges, blobs: columnsOf(packs.flatMap(({ blobs }) => blobs)) };
}
