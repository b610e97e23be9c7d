import { constants } from 'node:os';

const nameOf = new Map<number, string>(
  Object.entries(constants.errno)
    // EWOULDBLOCK and EOPNOTSUPP share numbers with EAGAIN and ENOTSUP; one name per number, the one Node's fs uses.
    .filter(([name]) => name !== 'EWOULDBLOCK' && name !== 'EOPNOTSUPP')
    .map(([name, value]) => [value, name]),
);

/** `ENOENT` for 2. Linux numbers that Node does not list read `E<number>`. EOPNOTSUPP reads `ENOTSUP` (same number). */
export function errnoName(errno: number): string {
  return nameOf.get(errno) ?? `E${errno}`;
}

/** A failed system call. Has the shape of Node's own fs errors (`code`, `errno` negative, `syscall`, `path`). */
export class ErrnoError extends Error {
  readonly code: string;
  /** Negative, as in Node's fs errors. */
  readonly errno: number;
  readonly syscall: string;
  readonly path: string | undefined;

  constructor(errno: number, syscall: string, path?: string) {
    const code = errnoName(errno);
    super(`${code}: ${syscall}${path === undefined ? '' : ` '${path}'`}`);
    this.name = 'ErrnoError';
    this.code = code;
    this.errno = -errno;
    this.syscall = syscall;
    this.path = path;
  }
}

/** True for a failed system call with one of these codes, whether Node's fs or this folder made it. */
export function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && codes.includes(error.code);
}
