import { constants } from 'node:fs';
import { type FileHandle, lstat, mkdir, open, readlink } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { StillpointError } from '../../shared/errors/index.ts';
import { notWritten } from './durable.ts';

const mostLinks = 40;

/**
 * Makes a folder for the user alone. It is ours in the end, and no link: what somebody else could put in its place would
 * lead what is written there to where they cannot write themselves. For root that is true of every folder above it too.
 * Throws `io`, in words, where it cannot be; nothing was changed then but what is ours.
 */
export async function ownFolder(path: string): Promise<void> {
  await inWords(path, async () => {
    await passable(dirname(resolve(path)), true);
    await makeFolder(path);
    await openedFolder(path, async (folder, mode) => {
      if ((mode & 0o7777) !== 0o700) await folder.chmod(0o700);
    });
  });
}

/** The same for a folder that is there already. False: there is none. */
export async function isOwnFolder(path: string): Promise<boolean> {
  try {
    await inWords(path, async () => {
      await passable(dirname(resolve(path)), false);
      await openedFolder(path, async () => undefined);
    });
    return true;
  } catch (error) {
    if (error instanceof StillpointError && isCode(error.cause, 'ENOENT')) return false;
    throw error;
  }
}

/**
 * Opens a file in a folder of ours, by `constants.O_...`; new ones are for the user alone. Rejects where the name is a link, or
 * what it names is no file or not ours: a folder that others could once write to may hold what they left there.
 */
export async function openOwnFile(path: string, flags: number): Promise<FileHandle> {
  const file = await open(path, flags | constants.O_NOFOLLOW | constants.O_NONBLOCK, 0o600);
  try {
    const found = await file.stat();
    if (!found.isFile()) throw refused(path, 'is no file', elsewhere);
    if (found.uid !== myself()) throw belongsToOther(path, found.uid);
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** Every folder on the way, links followed one by one; those that are missing are made. Only root minds whose they are. */
async function passable(path: string, isMade: boolean): Promise<void> {
  let links = 0;
  let rest = partsOf(path);
  let at = '/';
  for (let part = rest.shift(); part !== undefined; part = rest.shift()) {
    const next = join(at, part);
    if (isMade) await makeFolder(next);
    const found = await lstat(next);
    if (myself() === 0 && found.uid !== 0) throw belongsToOther(next, found.uid);
    if (!found.isSymbolicLink()) {
      at = next;
      continue;
    }
    if (++links > mostLinks) throw refused(next, 'is a link that leads nowhere', elsewhere);
    rest = [...partsOf(resolve(at, await readlink(next))), ...rest];
    at = '/';
  }
}

function partsOf(path: string): string[] {
  return path.split('/').filter((part) => part !== '');
}

/** What is there already, of whatever kind, is left. */
async function makeFolder(path: string): Promise<void> {
  await mkdir(path, { mode: 0o700 }).catch(async (error: unknown) => {
    // A folder above that nobody may write to says that before it says what is there.
    if (isCode(error, 'EEXIST') || (await isThere(path))) return;
    throw error;
  });
}

function isThere(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}

/** Of the folder that was opened: another one may bear its name by now. */
async function openedFolder(path: string, use: (folder: FileHandle, mode: number) => Promise<void>): Promise<void> {
  const folder = await open(path, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW).catch(
    async (error: unknown) => {
      // Linux says of a link that it is no folder.
      if ((await lstat(path)).isSymbolicLink()) throw refused(path, 'is a link', elsewhere);
      throw error;
    },
  );
  try {
    const { uid, mode } = await folder.stat();
    if (uid !== myself()) throw belongsToOther(path, uid);
    await use(folder, mode);
  } finally {
    await folder.close();
  }
}

function myself(): number {
  return process.geteuid?.() ?? 0;
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

async function inWords(path: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    throw error instanceof StillpointError ? error : notWritten(path, error);
  }
}

const elsewhere = 'Put a folder of yours in its place, or set XDG_STATE_HOME to one.';

function belongsToOther(path: string, uid: number): StillpointError {
  return refused(
    path,
    `belongs to another user (${uid})`,
    'Run it as that user, or set XDG_STATE_HOME to a folder of yours.',
  );
}

function refused(path: string, because: string, guidance: string): StillpointError {
  const message = `${path} ${because}. Nothing is kept there.`;
  return new StillpointError({ kind: 'io', message, guidance, field: path });
}
