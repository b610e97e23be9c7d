import { randomBytes } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { StillpointError } from '../../shared/errors/index.ts';

/**
 * Writes a whole file so that a reader, or a power cut, finds the old content or the new one: a new file beside it, synced,
 * renamed over it, the folder synced. The folder is there. Rejects with the system's own error.
 */
export async function replaceFile(path: string, content: string | Uint8Array, mode = 0o600): Promise<void> {
  const fresh = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}`);
  try {
    const file = await open(fresh, 'wx', mode);
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(fresh, path);
  } catch (error) {
    await rm(fresh, { force: true }).catch(() => undefined);
    throw error;
  }
  await syncFolder(dirname(path));
}

/** The same for what the schedule must remember. Throws `io`. */
export async function replaceDurably(path: string, content: string): Promise<void> {
  await replaceFile(path, content).catch((cause) => {
    throw notWritten(path, cause);
  });
}

/** Some filesystems cannot sync a folder; a new name is then as durable as they make it. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => undefined);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}

const words: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'your quota on this disk is used up',
  ENOENT: 'its folder is gone',
  EROFS: 'the filesystem is read-only',
  EACCES: 'it is not yours to write',
  EPERM: 'it is not yours to write',
  ENOTDIR: 'there is a file in the place of a folder',
  EEXIST: 'there is a file in the place of a folder',
  ELOOP: 'it is a link',
  EIO: 'the disk reports an error',
};

/** That what the schedule must remember could not be written, for people. */
export function notWritten(path: string, cause: unknown): StillpointError {
  if (cause instanceof StillpointError) return cause;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  const because = words[code] ?? (code === '' ? '' : code);
  return new StillpointError({
    kind: 'io',
    message: `${path} could not be written${because === '' ? '' : `: ${because}`}.`,
    guidance:
      'No scheduled backup is begun while its history cannot be kept. Free some space, or make the folder yours.',
    field: path,
    retryable: true,
    cause,
  });
}
