import type { ExcludeSizes } from '../../../shared/domain/excludes/presets.ts';
import { ignoreLineSchema } from '../../../shared/domain/excludes/presets.ts';
import type { StillpointError } from '../../../shared/errors/index.ts';

export type SizedItem = ExcludeSizes['items'][number];

export function sizeOf(sizes: ExcludeSizes | null, kind: SizedItem['kind'], value: string): SizedItem | undefined {
  return sizes?.items.find((item) => item.kind === kind && item.value === value);
}

/** What all of it leaves out. Something that two of them leave out counts with the first. */
export function sumOf(sizes: ExcludeSizes): number {
  return sizes.items.reduce((sum, { bytes }) => sum + bytes, 0);
}

/** A line that stands for something: not empty, not a comment, and a rule. */
export function isRule(line: string): boolean {
  return line.trim() !== '' && !line.startsWith('#') && ignoreLineSchema.safeParse(line).success;
}

/** A line of the own rules that is wrong: its number from one, its text cut to what fits, and what to do about it. */
export interface LineProblem {
  readonly n: number;
  readonly line: string;
  readonly why: string;
}

export function lineProblem(
  error: Pick<StillpointError, 'message' | 'guidance' | 'field'> | null,
  lines: readonly string[],
): LineProblem | null {
  for (const [at, line] of lines.entries()) {
    const parsed = ignoreLineSchema.safeParse(line);
    if (!parsed.success) return named(at, line, parsed.error.issues[0]?.message ?? '');
  }
  const at = lineIn(error?.field);
  if (error === null || at === null) return null;
  return named(at, lines[at] ?? '', [error.message, error.guidance].filter((part) => part !== '').join(' '));
}

function named(at: number, line: string, why: string): LineProblem {
  return { n: at + 1, line: line.length > 40 ? `${line.slice(0, 39)}…` : line, why };
}

function lineIn(field: string | undefined): number | null {
  const match = /ignoreLines[.[](\d+)/.exec(field ?? '');
  return match === null ? null : Number(match[1]);
}
