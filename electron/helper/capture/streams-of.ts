import type { OpenFile } from '../quiesce/contract.ts';
import { shortestHole } from './zero-chunks.ts';

/**
 * The parts of a file that are cut as one stream each, by where they begin and end. Between two of them lies a hole that is
 * stored as chunks of zeros, whose lengths are multiples of the shortest; what is left of it begins the next stream. The
 * last one may be empty: then the file ends with such a hole.
 */
export function streamsOf(
  extents: OpenFile['extents'],
  size: number,
): { readonly start: number; readonly end: number }[] {
  const streams: { start: number; end: number }[] = [];
  let open: { start: number; end: number } = { start: 0, end: 0 };
  const hole = (length: number, end: number): void => {
    if (length < shortestHole) {
      open.end = end;
      return;
    }
    if (open.end > open.start) streams.push(open);
    open = { start: end - (length % shortestHole), end };
  };
  for (const { offset, length } of extents) {
    hole(offset - open.end, offset);
    open.end = offset + length;
  }
  hole(size - open.end, size);
  streams.push(open);
  return streams;
}
