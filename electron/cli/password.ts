import { closeSync, openSync, readSync } from 'node:fs';
import type { Repository } from '../../shared/domain/repository.ts';
import { passwordSchema } from '../../shared/helper/repository-commands.ts';
import { usage } from './options/usage.ts';

const maxFileBytes = 4096;

export interface PasswordSources {
  /** As given: `FILE` for every repository, `REPOSITORY=FILE` for one, by its name or the beginning of its id. */
  readonly passwordFiles: readonly string[];
  /** As password files are given: what servers want. */
  readonly credentialsFiles?: readonly string[] | undefined;
  /** Asks on the terminal without echo; null where there is nobody to ask. */
  readonly ask: ((question: string) => Promise<string>) | null;
}

type Named = Pick<Repository, 'id' | 'name'>;

/**
 * A password comes from a file or a person, never from an argument or the environment, where every process can read it.
 * One newline at the end of the file is not part of it.
 */
export async function obtainPassword(sources: PasswordSources, question: string, of?: Named): Promise<string> {
  const file = passwordFileOf(sources, of);
  return file === undefined ? checkedPassword(await askPerson(sources, question)) : readPassword(file);
}

/** Undefined when none is given for this repository. Throws `wrong-usage` when it is not clear which one is. */
export function passwordFileOf({ passwordFiles }: PasswordSources, of: Named | undefined): string | undefined {
  const own = of === undefined ? [] : passwordFiles.flatMap((given) => fileFor(given, of));
  const common = passwordFiles.filter((given) => !isForOne(given));
  const [file, second] = own.length > 0 ? own : common;
  if (second === undefined) return file;
  throw usage(
    '--password-file',
    `Several password files are given${of === undefined ? '' : ` for ${of.name}`}.`,
    'Give one for all, or one for each: --password-file REPOSITORY=FILE.',
  );
}

/** Rejects with `wrong-usage` what cannot be a password. */
export function readPassword(path: string): string {
  const buffer = Buffer.alloc(maxFileBytes + 1);
  let length: number;
  try {
    const fd = openSync(path, 'r');
    try {
      length = readSync(fd, buffer, 0, buffer.length, null);
    } finally {
      closeSync(fd);
    }
  } catch (cause) {
    throw usage(
      '--password-file',
      `The password file ${path} cannot be read.`,
      'Check its name and its permissions.',
      cause,
    );
  }
  if (length > maxFileBytes)
    throw usage('--password-file', `${path} is too long for a password.`, 'Name the right file.');
  return checkedPassword(buffer.toString('utf8', 0, length).replace(/\r?\n$/, ''));
}

function checkedPassword(text: string): string {
  const password = passwordSchema.safeParse(text);
  if (password.success) return password.data;
  throw usage('--password-file', 'The password is empty.', 'Put the password on the first line of the file.');
}

function askPerson({ ask }: PasswordSources, question: string): Promise<string> {
  if (ask) return ask(question);
  throw usage(
    '--password-file',
    'A password is needed and nobody can be asked.',
    'Name a file that holds it: --password-file FILE.',
  );
}

/** The file that is given for a repository, else the one for all. */
export function chosenFile(given: readonly string[], of: Named | undefined): string | undefined {
  const own = of === undefined ? [] : given.flatMap((each) => fileFor(each, of));
  return own[0] ?? given.find((each) => !isForOne(each));
}

function fileFor(given: string, { id, name }: Named): string[] {
  const at = given.indexOf('=');
  const wanted = given.slice(0, at);
  return isForOne(given) && (wanted === name || (isIdPart(wanted) && id.startsWith(wanted)))
    ? [given.slice(at + 1)]
    : [];
}

/** A path for all may have a `=` in it, in or after a folder's name; what names a repository has no `/`. */
function isForOne(given: string): boolean {
  return /^[^/=]+=./.test(given);
}

function isIdPart(text: string): boolean {
  return /^[0-9a-f]{6,64}$/.test(text);
}
