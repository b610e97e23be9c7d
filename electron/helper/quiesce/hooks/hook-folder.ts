import { closeSync, constants, fstatSync, openSync, readdirSync, type Stats } from 'node:fs';
import { type Hook, hookNameSchema } from '../../../../shared/domain/hooks.ts';
import { byName } from '../../../../shared/domain/still-rules.ts';
import { hasCode } from '../../system/errno.ts';
import type { HookFolder } from './contract.ts';

/** Where an administrator puts hooks. Nobody who asks for a backup can name another place. */
export const hooksFolder = '/etc/stillpoint/hooks.d';

const { O_DIRECTORY, O_NOFOLLOW, O_NONBLOCK, O_RDONLY } = constants;

/** A hook that may be executed: the descriptor is of the very file that was looked at. */
export interface OpenHook extends Disposable {
  readonly name: string;
  readonly fd: number;
}

/** Why a hook may not be called, as a sentence for people. */
export class HookProblem extends Error {}

/** What is there and what of it could be called; sorted by name. */
export function listHooks(folder: string): HookFolder {
  try {
    return withFolder(folder, (folderFd) => ({
      folder,
      problem: '',
      hooks: readdirSync(`/proc/self/fd/${folderFd}`)
        .filter((name) => hookNameSchema.safeParse(name).success)
        .sort(byName)
        .map((name): Hook => ({ name, problem: problemOf(folder, folderFd, name) })),
    }));
  } catch (error) {
    return { folder, problem: wordsOf(error), hooks: [] };
  }
}

/** Opens one for execution. Throws `HookProblem`. */
export function openHook(folder: string, name: string): OpenHook {
  return withFolder(folder, (folderFd) => openIn(folder, folderFd, name));
}

function problemOf(folder: string, folderFd: number, name: string): string {
  try {
    openIn(folder, folderFd, name)[Symbol.dispose]();
    return '';
  } catch (error) {
    return wordsOf(error);
  }
}

function wordsOf(error: unknown): string {
  if (error instanceof HookProblem) return error.message;
  throw error;
}

function withFolder<T>(folder: string, work: (folderFd: number) => T): T {
  let fd: number;
  try {
    fd = openSync(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) throw new HookProblem(`There is no folder ${folder} yet.`);
    if (hasCode(error, 'ELOOP', 'ENOTDIR')) throw new HookProblem(`${folder} is a link or a file, and no folder.`);
    throw new HookProblem(`The folder ${folder} cannot be read${codeOf(error)}.`);
  }
  try {
    const whose = ownership(fstatSync(fd));
    if (whose !== null) throw new HookProblem(`The folder ${folder} ${whose}, so nothing in it is called.`);
    return work(fd);
  } finally {
    closeSync(fd);
  }
}

function openIn(folder: string, folderFd: number, name: string): OpenHook {
  if (!hookNameSchema.safeParse(name).success) throw new HookProblem(`${name} is no name of a hook.`);
  let fd: number;
  try {
    // A pipe that nobody writes to must not make us wait.
    fd = openSync(`/proc/self/fd/${folderFd}/${name}`, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) throw new HookProblem(`The hook ${name} is not in ${folder}.`);
    if (hasCode(error, 'ELOOP')) throw new HookProblem(`The hook ${name} is a link, and only files are called.`);
    throw new HookProblem(`The hook ${name} cannot be opened${codeOf(error)}.`);
  }
  const stats = fstatSync(fd);
  const reason = !stats.isFile()
    ? 'is no file'
    : (ownership(stats) ?? ((stats.mode & 0o111) === 0 ? 'is not executable' : null));
  if (reason === null) return { name, fd, [Symbol.dispose]: () => closeSync(fd) };
  closeSync(fd);
  throw new HookProblem(`The hook ${name} ${reason}.`);
}

/** What is run as root must be what root put there. */
function ownership({ uid, mode }: Stats): string | null {
  if (uid !== 0) return `belongs to user ${uid} and not to root`;
  return (mode & 0o022) !== 0 ? 'can be written by others than root' : null;
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
}
