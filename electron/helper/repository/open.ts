import { randomBytes } from 'node:crypto';
import type { RepositoryId } from '../../../shared/domain/ids.ts';
import { isStillpointError, StillpointError, throwIfAborted } from '../../../shared/errors/index.ts';
import type { Backend } from './backend/contract.ts';
import { currentChunkerVersion } from './chunker/chunker.ts';
import type { StartCrunching } from './crunch/contract.ts';
import { irreduciblePolynomial } from './crypto/irreducible-polynomial.ts';
import { generateMasterKey } from './crypto/master-key.ts';
import { calibrateCost, type MixOnThreads, testCost } from './crypto/password-key.ts';
import { Sealer } from './crypto/sealer.ts';
import { type Environment, processEnvironment } from './environment.ts';
import { damaged, repositoryAbsent, repositoryExists } from './failures.ts';
import { decodeConfig, encodeConfig, type RepositoryConfig } from './format/config.ts';
import type { ScryptCost } from './format/key-file.ts';
import { decodeUnpacked } from './format/unpacked.ts';
import { type UnlockedKey, unlock, writeKeyFile } from './keys/key-store.ts';
import type { LockTiming } from './locks/locks.ts';
import type { StartInspecting } from './maintenance/inspecting.ts';
import { LookAhead } from './maintenance/look-ahead.ts';
import { Repository } from './repository.ts';

export interface OpenOptions {
  readonly password: string;
  /** How hard a new password is to guess: `default` takes about half a second here, `test` none. */
  readonly kdf?: 'default' | 'test' | undefined;
  readonly environment?: Environment | undefined;
  readonly lockTiming?: LockTiming | undefined;
  readonly packTarget?: number | undefined;
  /** Threads that take files in; without them everything is computed where it is asked for. */
  readonly startCrunching?: StartCrunching | undefined;
  /** Threads that look through packs in a check; likewise. */
  readonly startInspecting?: StartInspecting | undefined;
  /** Threads that share the work of opening with a password; without them node does it on one. */
  readonly mixOnThreads?: MixOnThreads | undefined;
  /** All data is checked next: what of it needs no key is begun at once. */
  readonly isForDataCheck?: boolean | undefined;
}

/**
 * Makes a new repository of format version 2. Refuses a place that holds anything (`repository-exists`,
 * `already-exists`). The configuration is written last: without it there is no repository.
 */
export async function initRepository(backend: Backend, options: OpenOptions): Promise<Repository> {
  await assertFree(backend);
  const masterKey = generateMasterKey();
  const config: RepositoryConfig = {
    version: 2,
    id: randomBytes(32).toString('hex') as RepositoryId,
    chunkerPolynomial: irreduciblePolynomial(() => randomBytes(8).readBigUInt64LE()).toString(16),
    chunkerVersion: currentChunkerVersion,
  };
  const environment = options.environment ?? processEnvironment();
  const cost = await costOf(options)();
  await backend.prepare();
  const id = await writeKeyFile(backend, environment, masterKey, options.password, cost);
  try {
    await backend.save({ kind: 'config' }, new Sealer(masterKey).seal(Buffer.from(encodeConfig(config), 'utf8')));
  } catch (error) {
    await backend.remove({ kind: 'key', name: id }).catch(() => {});
    throw error;
  }
  return repositoryOf(backend, config, { id, masterKey }, options);
}

/**
 * `repository-absent` when there is none, `wrong-password` when there is. Takes as long as the password hash of every
 * key tried; the event loop stays free.
 */
export async function openRepository(backend: Backend, options: OpenOptions): Promise<Repository> {
  const sealed = await backend.load({ kind: 'config' });
  if (sealed === undefined) throw repositoryAbsent(backend.location);
  if (!options.isForDataCheck) return openWith(backend, sealed, options);
  const lookAhead = LookAhead.begin(backend, options.startInspecting);
  try {
    return await openWith(backend, sealed, options, lookAhead);
  } catch (error) {
    await lookAhead?.close();
    throw error;
  }
}

async function openWith(
  backend: Backend,
  sealed: Buffer,
  options: OpenOptions,
  lookAhead?: LookAhead,
): Promise<Repository> {
  const key = await unlock(backend, options.password, options.mixOnThreads);
  lookAhead?.unlocked();
  const plaintext = new Sealer(key.masterKey).open(sealed);
  if (plaintext === undefined) throw damaged(`The configuration of the repository at ${backend.location} was changed.`);
  const config = decodeConfig(decodeUnpacked(plaintext, 'The repository configuration'));
  return repositoryOf(backend, config, key, options, lookAhead);
}

/** What a place holds, found without a password. */
export interface Identity {
  readonly content: 'absent' | 'empty' | 'repository' | 'occupied';
  /**
   * Names of the key files. The id of a repository is sealed, but its key files are not: who remembers one of them
   * recognises the repository without its password, as long as that password was not changed meanwhile.
   */
  readonly keyIds: readonly string[];
}

export async function identify(backend: Backend): Promise<Identity> {
  const content = await backend.probe();
  if (content !== 'repository') return { content, keyIds: [] };
  return { content, keyIds: (await backend.list('key')).map(({ name }) => name) };
}

/**
 * The repository with this id among places where it may be now: a disk can come back under another path. Places that
 * hold nothing, or another repository, are passed over.
 */
export async function findById(
  candidates: Iterable<Backend>,
  id: RepositoryId,
  options: OpenOptions & { readonly signal?: AbortSignal | undefined },
): Promise<Repository | undefined> {
  for (const backend of candidates) {
    throwIfAborted(options.signal);
    try {
      const repository = await openRepository(backend, options);
      if (repository.id === id) return repository;
    } catch (error) {
      if (!passedOver.some((kind) => isStillpointError(error, kind))) throw error;
    }
  }
  return undefined;
}

const passedOver = ['repository-absent', 'wrong-password', 'repository-damaged', 'unsupported-format', 'io'] as const;

async function assertFree(backend: Backend): Promise<void> {
  const content = await backend.probe();
  if (content === 'repository') throw repositoryExists(backend.location);
  if (content === 'occupied') {
    throw new StillpointError({
      kind: 'already-exists',
      message: `There are already other files in ${backend.location}.`,
      guidance: 'Choose an empty folder: a repository keeps its place for itself.',
      field: 'location',
    });
  }
}

function costOf(options: OpenOptions): () => Promise<ScryptCost> {
  return options.kdf === 'test' ? async () => testCost : () => calibrateCost();
}

function repositoryOf(
  backend: Backend,
  config: RepositoryConfig,
  key: UnlockedKey,
  options: OpenOptions,
  lookAhead?: LookAhead,
): Repository {
  return new Repository(backend, config, key, {
    environment: options.environment ?? processEnvironment(),
    cost: costOf(options),
    lockTiming: options.lockTiming,
    packTarget: options.packTarget,
    startCrunching: options.startCrunching,
    startInspecting: options.startInspecting,
    lookAhead,
  });
}
