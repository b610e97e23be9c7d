import koffi from 'koffi';
import { ErrnoError } from './errno.ts';

/** A path as the kernel sees it. A string stands for its UTF-8 bytes; a Buffer holds any bytes. */
export type PathBytes = string | Uint8Array;

type Argument = number | bigint | Uint8Array | null;
type NativeFunction = (...values: readonly Argument[]) => number;

const libc = koffi.load('libc.so.6');

/**
 * A C function by prototype, e.g. `int syncfs(int)`. Results are numbers; -1 means failure: pass them to `check`.
 * `ssize_t` is not a koffi type; use `intptr_t`. Variadic functions (ioctl, syscall) may be given a fixed prototype of
 * integers and pointers: the calling conventions of x86-64 and arm64 Linux pass both alike.
 */
export function bind<F extends (...values: never[]) => number = NativeFunction>(prototype: string): F {
  return libc.func(prototype) as unknown as F;
}

/** The same, run on a thread of koffi's pool, for calls that may wait for a device. Rejects like `check` throws. */
export function bindAsync<Args extends readonly Argument[]>(
  prototype: string,
): (describe: { syscall: string; path?: PathBytes }, ...values: Args) => Promise<number> {
  const native = libc.func(prototype);
  return (describe, ...values) =>
    new Promise((resolve, reject) => {
      native.async(...values, (error: unknown, result: number) => {
        const errno = koffi.errno();
        if (error !== null && error !== undefined) reject(error);
        else if (result < 0) reject(new ErrnoError(errno, describe.syscall, textOf(describe.path)));
        else resolve(result);
      });
    });
}

/** Throws ErrnoError for a negative result. Must follow the call at once: errno belongs to the last call. */
export function check(result: number, syscall: string, path?: PathBytes): number {
  if (result < 0) throw new ErrnoError(koffi.errno(), syscall, textOf(path));
  return result;
}

/** The error number of the call just made on this thread. */
export function lastErrno(): number {
  return koffi.errno();
}

/** NUL-terminated bytes for a `const void *` parameter. A path that holds NUL is refused: C would cut it short. */
export function cString(text: PathBytes): Buffer {
  const length = typeof text === 'string' ? Buffer.byteLength(text) : text.length;
  const bytes = Buffer.allocUnsafe(length + 1);
  if (typeof text === 'string') bytes.write(text);
  else bytes.set(text);
  bytes[length] = 0;
  if (bytes.indexOf(0) < length) throw new ErrnoError(22 /* EINVAL */, 'path with NUL', textOf(text));
  return bytes;
}

const passing = Buffer.alloc(4096);

/** As `cString`, for a call that takes no other text and is over when it returns: valid until this is called again. */
export function passingName(text: PathBytes): Buffer {
  const { length } = text;
  if (typeof text === 'string' || length >= passing.length) return cString(text);
  passing.set(text);
  passing[length] = 0;
  if (passing.indexOf(0) < length) throw new ErrnoError(22 /* EINVAL */, 'path with NUL', textOf(text));
  return passing;
}

/** For messages only; bytes that are not UTF-8 are replaced. */
export function textOf(path: PathBytes | undefined): string | undefined {
  return path === undefined || typeof path === 'string' ? path : Buffer.from(path).toString();
}
