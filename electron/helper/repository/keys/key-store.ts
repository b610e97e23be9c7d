import { randomBytes } from 'node:crypto';
import { isStillpointError } from '../../../../shared/errors/index.ts';
import type { Backend } from '../backend/contract.ts';
import { sha256 } from '../crypto/hash.ts';
import { decodeMasterKey, encodeMasterKey, type MasterKey } from '../crypto/master-key.ts';
import { derivePasswordKey, type MixOnThreads, saltLength } from '../crypto/password-key.ts';
import { Sealer } from '../crypto/sealer.ts';
import type { Environment } from '../environment.ts';
import { badInput, damaged } from '../failures.ts';
import { decodeKeyFile, encodeKeyFile, type KeyFile, type ScryptCost } from '../format/key-file.ts';
import { wrongPassword } from './failures.ts';

export interface UnlockedKey {
  readonly id: string;
  readonly masterKey: MasterKey;
}

/** Trying a key takes half a second; a repository with more than this many would seem to hang (restic's limit too). */
const maxKeysTried = 20;

export async function readKeyFile(backend: Backend, id: string): Promise<KeyFile | undefined> {
  const bytes = await backend.load({ kind: 'key', name: id });
  if (bytes === undefined) return undefined;
  if (sha256(bytes) !== id)
    throw damaged(`The key file ${id.slice(0, 8)} was changed since it was written.`, { key: id });
  return decodeKeyFile(bytes.toString('utf8'));
}

/** Writes a key file that opens with `password`. Its id. */
export async function writeKeyFile(
  backend: Backend,
  environment: Environment,
  masterKey: MasterKey,
  password: string,
  cost: ScryptCost,
): Promise<string> {
  if (password.length === 0) {
    throw badInput('password', 'The password is empty.', 'Choose a password; without one nothing is protected.');
  }
  const salt = randomBytes(saltLength);
  const passwordKey = await derivePasswordKey(password, salt, cost);
  const { hostname, username } = environment;
  const data = new Sealer(passwordKey).seal(encodeMasterKey(masterKey));
  const file = { hostname, username, createdNs: environment.nowNs(), cost, salt, data };
  const bytes = Buffer.from(encodeKeyFile(file), 'utf8');
  const id = sha256(bytes);
  await backend.save({ kind: 'key', name: id }, bytes);
  return id;
}

/** The master key, if `password` opens this key file. */
export async function unlockKeyFile(
  file: KeyFile,
  password: string,
  mix?: MixOnThreads,
): Promise<MasterKey | undefined> {
  const passwordKey = await derivePasswordKey(password, file.salt, file.cost, mix);
  const document = new Sealer(passwordKey).open(file.data);
  return document && decodeMasterKey(document);
}

/** Tries every key file. `wrong-password` when none opens; a key file that cannot be read does not stop the others. */
export async function unlock(backend: Backend, password: string, mix?: MixOnThreads): Promise<UnlockedKey> {
  const files = await backend.list('key');
  let failure: unknown;
  let tried = 0;
  for (const { name } of files.slice(0, maxKeysTried)) {
    try {
      const file = await readKeyFile(backend, name);
      const masterKey = file && (await unlockKeyFile(file, password, mix));
      if (masterKey) return { id: name, masterKey };
      tried += 1;
    } catch (error) {
      if (!isStillpointError(error, 'repository-damaged') && !isStillpointError(error, 'unsupported-format'))
        throw error;
      failure ??= error;
    }
  }
  if (tried > 0) throw wrongPassword(backend.location);
  throw failure ?? damaged(`The repository at ${backend.location} has no key file, so no password can open it.`);
}
