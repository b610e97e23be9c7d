import type { IgnoreRules } from '../ignore-rules.ts';

export interface Place {
  /** Path key. */
  readonly path: string;
  readonly isDirectory: boolean;
}

/** As a walk asks: from the top down, and nothing below what is left out. */
export function leavesOut(rules: IgnoreRules, { path, isDirectory }: Place): string | undefined {
  const names = path.split('/');
  for (let length = 1; length <= names.length; length += 1) {
    const line = rules
      .in(names.slice(0, length - 1))
      .leavesOut(names[length - 1] ?? '', length < names.length || isDirectory);
    if (line !== undefined) return line;
  }
  return undefined;
}

export const key = (text: string): string => Buffer.from(text).toString('latin1');
