import { readFileSync } from 'node:fs';

export interface Swap {
  readonly path: string;
  readonly kind: 'file' | 'partition';
  /** Bytes. */
  readonly size: number;
  readonly used: number;
}

/** Where the system swaps to. Source: proc_swaps(5). */
export function listSwaps(text: string = readFileSync('/proc/swaps', 'utf8')): Swap[] {
  return text
    .split('\n')
    .slice(1)
    .flatMap((line): Swap[] => {
      const [, path, kind, size, used] = /^(\S+)\s+(file|partition)\s+(\d+)\s+(\d+)\s/.exec(line) ?? [];
      if (path === undefined || kind === undefined) return [];
      // Spaces and the like are written as octal numbers.
      const name = path.replace(/\\([0-7]{3})/g, (_, digits: string) =>
        String.fromCharCode(Number.parseInt(digits, 8)),
      );
      return [{ path: name, kind: kind as Swap['kind'], size: Number(size) * 1024, used: Number(used) * 1024 }];
    });
}
