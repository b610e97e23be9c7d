import type { CheckShare } from '../../../shared/domain/repository.ts';
import { usage } from './usage.ts';

export interface CheckShareOptions {
  /** True for the bare option: everything. */
  readonly readData?: boolean | string;
  readonly readShare?: string;
}

const mostParts = 10_000;

/** What of the data is to be read; undefined for all of it, null for none. */
export function checkShareOf({ readData, readShare }: CheckShareOptions): CheckShare | null | undefined {
  if (readShare !== undefined) {
    if (readData !== undefined)
      throw usage('--read-share', 'It stands beside --read-data.', 'Give one of the two: what is to be read.');
    return nextOf(readShare);
  }
  if (readData === undefined || readData === false) return null;
  return readData === true ? undefined : partOf(readData);
}

function partOf(text: string): CheckShare {
  const [, part = '', of = ''] = /^(\d+)\/(\d+)$/.exec(text) ?? [];
  const share = { part: Number(part), of: Number(of) };
  if (share.part >= 1 && share.of >= share.part && share.of <= mostParts) return share;
  throw usage(
    '--read-data',
    `"${text}" is not a part of all data.`,
    `Say which of how many, like --read-data=3/10; ${mostParts} at most. Without a value everything is read.`,
  );
}

/** So many parts that each is about the share that was asked for, or more. */
function nextOf(text: string): CheckShare {
  const percent = Number(/^(\d+(?:\.\d+)?)\s*%?$/.exec(text)?.[1] ?? Number.NaN);
  if (percent >= 100 / mostParts && percent <= 100) return { part: 'next', of: Math.floor(100 / percent + 1e-9) };
  throw usage('--read-share', `"${text}" is not a share of all data.`, 'Say how much of it, like --read-share 10%.');
}
