import { z } from 'zod';

/**
 * Names inside a snapshot travel as text in the quoted form of restic's trees (Go's strconv.Quote without the outer
 * quotes): any byte sequence has exactly one such text, so nothing is lost where a name is not UTF-8. A path is its
 * names joined by `/`, absolute within the snapshot; the root is `/`. `/` and NUL cannot occur in a name.
 */
export const snapshotPathSchema = z
  .string()
  .max(16_384)
  .regex(/^\//, 'a path inside a snapshot begins with /')
  .refine((path) => !path.includes('\0'), 'a path has no NUL')
  .refine((path) => path.split('/').every((part) => part !== '.' && part !== '..'), 'a path has no . or .. part');

/** An absolute path on this machine as the user typed or picked it. */
export const localPathSchema = z
  .string()
  .min(1, 'a path is needed')
  .max(4096, 'a path has at most 4096 bytes')
  .regex(/^\//, 'the path must be absolute (begin with /)')
  .refine((path) => !path.includes('\0'), 'a path has no NUL');

export function joinSnapshotPath(parent: string, name: string): string {
  return parent === '/' ? `/${name}` : `${parent}/${name}`;
}

export function snapshotPathName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
