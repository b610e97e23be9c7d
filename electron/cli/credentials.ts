import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import {
  type PlaceCredentials,
  placeCredentialsSchema,
  type RepositoryLocation,
} from '../../shared/domain/location.ts';
import type { Repository } from '../../shared/domain/repository.ts';
import { usage } from './options/usage.ts';
import { chosenFile } from './password.ts';

const option = '--credentials-file';
const maxFileBytes = 8192;

/** Names as they are written in the file, for each kind of place. */
const names = {
  rest: { user: 'user', password: 'password' },
  s3: { 'access-key-id': 'accessKeyId', 'secret-access-key': 'secretAccessKey', 'session-token': 'sessionToken' },
} as const;

/**
 * What the server of a place wants, from a file that only its owner reads: lines of `name = value`. `/dev/fd/N` names a
 * descriptor. Never from an argument or the environment, where every process can read it. Undefined where no file is given.
 */
export function credentialsOf(
  files: readonly string[] | undefined,
  location: RepositoryLocation,
  of?: Pick<Repository, 'id' | 'name'>,
): PlaceCredentials | undefined {
  const file = chosenFile(files ?? [], of);
  if (file === undefined || (location.kind !== 'rest' && location.kind !== 's3')) return undefined;
  const known: Readonly<Record<string, string>> = names[location.kind];
  const fields: Record<string, string> = { kind: location.kind };
  for (const line of readOwn(file).split(/\r?\n/)) {
    if (/^\s*(?:#|$)/.test(line)) continue;
    const [, name = '', value = ''] = /^\s*([\w-]+)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    const field = known[name];
    // The line itself may be a secret: it is not repeated.
    if (field === undefined) throw usage(option, `${file} has a line that is not understood.`, shape(location.kind));
    fields[field] = value;
  }
  const credentials = placeCredentialsSchema.safeParse(fields);
  if (credentials.success) return credentials.data;
  throw usage(option, `${file} lacks something: ${credentials.error.issues[0]?.message ?? ''}.`, shape(location.kind));
}

function readOwn(path: string): string {
  const buffer = Buffer.alloc(maxFileBytes + 1);
  let fd: number | undefined;
  try {
    fd = openSync(path, 'r');
    const stat = fstatSync(fd);
    if (stat.isFile() && (stat.mode & 0o077) !== 0)
      throw usage(option, `Others on this computer may read ${path}.`, `Run “chmod 600 ${path}” and try again.`);
    let length = 0;
    for (let count = -1; count !== 0 && length < buffer.length; length += count)
      count = readSync(fd, buffer, length, buffer.length - length, null);
    if (length > maxFileBytes) throw usage(option, `${path} is too long.`, 'Name the right file.');
    return buffer.toString('utf8', 0, length);
  } catch (cause) {
    if (cause instanceof Error && 'field' in cause) throw cause;
    throw usage(option, `The file ${path} cannot be read.`, 'Check its name and its permissions.', cause);
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}

function shape(kind: 'rest' | 's3'): string {
  return `Its lines are: ${Object.keys(names[kind])
    .map((name) => `${name} = …`)
    .join(', ')}.`;
}
