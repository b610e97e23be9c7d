import { closeSync, openSync, readSync } from 'node:fs';
import { StillpointError } from '../../shared/errors/index.ts';
import { passwordSchema } from '../../shared/helper/repository-commands.ts';

const maxFileBytes = 4096;

export interface PasswordSources {
  readonly passwordFile: string | undefined;
  /** Asks on the terminal without echo; null where there is nobody to ask. */
  readonly ask: ((question: string) => Promise<string>) | null;
}

/**
 * A password comes from a file or a person, never from an argument or the environment, where every process can read it.
 * One newline at the end of the file is not part of it.
 */
export async function obtainPassword(sources: PasswordSources, question: string): Promise<string> {
  const text =
    sources.passwordFile === undefined ? await askPerson(sources, question) : readPassword(sources.passwordFile);
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

function readPassword(path: string): string {
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
  return buffer.toString('utf8', 0, length).replace(/\r?\n$/, '');
}

function usage(field: string, message: string, guidance: string, cause?: unknown): StillpointError {
  return new StillpointError({
    kind: 'wrong-usage',
    field,
    message,
    guidance,
    ...(cause === undefined ? {} : { cause }),
  });
}
