import { z } from 'zod';
import { mergeStretches, type Stretch } from '../../../../shared/domain/static-windows.ts';
import { instantSchema, instantToMs, msToInstant } from '../../../../shared/domain/time.ts';

/** What one file tells of one source. */
export interface WindowRecords {
  readonly quiet: readonly Stretch[];
  /** When the source was watched at all: what lies in none of these is not known to be busy. */
  readonly watched: readonly Stretch[];
}

export const noRecords: WindowRecords = { quiet: [], watched: [] };

/** Of the lines. What a later version writes is left alone by this one. */
const lineVersion = 1;

const lineSchema = z.object({
  v: z.literal(lineVersion),
  kind: z.enum(['quiet', 'watched']),
  from: instantSchema,
  to: instantSchema,
});

export type RecordKind = z.infer<typeof lineSchema>['kind'];

export function formatLine(kind: RecordKind, { fromMs, toMs }: Stretch): string {
  return `${JSON.stringify({ v: lineVersion, kind, from: msToInstant(fromMs), to: msToInstant(toMs) })}\n`;
}

export interface ParsedLines {
  readonly records: WindowRecords;
  /** Lines, those not understood included. */
  readonly lines: number;
  /** Whole lines of a later version or none: kept when the file is written anew. */
  readonly unknown: readonly string[];
  /** The last line was cut off: dropped. */
  readonly isTorn: boolean;
}

/** Whatever the file holds: what is no line of ours is passed over. A stretch told again, longer, counts once. */
export function parseLines(text: string): ParsedLines {
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  const lines = whole.split('\n').filter((line) => line !== '');
  const found: Record<RecordKind, Stretch[]> = { quiet: [], watched: [] };
  const unknown: string[] = [];
  for (const line of lines) {
    const parsed = lineSchema.safeParse(jsonOf(line));
    if (parsed.success) {
      const { kind, from, to } = parsed.data;
      found[kind].push({ fromMs: instantToMs(from), toMs: instantToMs(to) });
    } else if (isOfLaterVersion(line)) unknown.push(line);
  }
  const records = { quiet: mergeStretches(found.quiet), watched: mergeStretches(found.watched) };
  return { records, lines: lines.length, unknown, isTorn: whole.length < text.length };
}

/** What ended before `sinceMs` is left out. */
export function keepSince({ quiet, watched }: WindowRecords, sinceMs: number): WindowRecords {
  const isKept = ({ toMs }: Stretch): boolean => toMs > sinceMs;
  return { quiet: quiet.filter(isKept), watched: watched.filter(isKept) };
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function isOfLaterVersion(line: string): boolean {
  const parsed = z.object({ v: z.number().int().gt(lineVersion) }).safeParse(jsonOf(line));
  return parsed.success;
}
