import { closeSync, fstatSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { RepositoryId, SourceId } from '../../../shared/domain/ids.ts';
import type { Repository } from '../../../shared/domain/repository.ts';
import type { Source } from '../../../shared/domain/source.ts';
import { isStillpointError, StillpointError } from '../../../shared/errors/index.ts';
import { hasCode } from '../system/errno.ts';
import { withFileLock } from '../system/file-lock.ts';
import { emptyRegistry, parseRegistry, type RegistryContent } from './registry-file.ts';

/** What may be named by id. Every change is durable when the call returns. */
export interface Registry {
  sources(ownerUid: number): readonly Source[];
  repositories(ownerUid: number): readonly Repository[];
  putSource(source: Source): void;
  putRepository(repository: Repository): void;
  removeSource(id: SourceId): void;
  removeRepository(id: RepositoryId): void;
}

/** Where a registry's content is. `change` lets nobody else change it meanwhile. */
interface Store {
  read(): RegistryContent;
  change(edit: (content: RegistryContent) => RegistryContent): void;
}

/**
 * Keeps the registry in one file, mode 0600, in a directory that only its owner can change. The file is what counts: the
 * window's helper and a command line of the same user change it in turn, and each sees what the other registered. It is
 * read when it is needed, so that a damaged one is an error of what was asked and not of the start.
 */
export function openRegistry(path: string): Registry {
  const read = cachedReader(path);
  return registryOver({
    read,
    change: (edit) =>
      writing(path, () => {
        // What is as it should be needs no disk that can be written: a broken machine is where old backups are opened.
        if (isDeepStrictEqual(edit(read()), read())) return;
        mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
        withFileLock(`${path}.lock`, () => write(path, edit(read())));
      }),
  });
}

/** Forgets everything with the process; for one command's own sources and repositories. */
export function memoryRegistry(): Registry {
  let content = emptyRegistry;
  return registryOver({
    read: () => content,
    change: (edit) => {
      content = edit(content);
    },
  });
}

function registryOver({ read, change }: Store): Registry {
  return {
    sources: (ownerUid) => read().sources.filter((source) => source.ownerUid === ownerUid),
    repositories: (ownerUid) => read().repositories.filter((repository) => repository.ownerUid === ownerUid),
    putSource: (source) => change((now) => ({ ...now, sources: withItem(now.sources, source) })),
    putRepository: (repository) => change((now) => ({ ...now, repositories: withItem(now.repositories, repository) })),
    removeSource: (id) => change((now) => ({ ...now, sources: without(now.sources, id) })),
    removeRepository: (id) => change((now) => ({ ...now, repositories: without(now.repositories, id) })),
  };
}

/** In the place of what had its id before, else at the end. */
function withItem<T extends { readonly id: string }>(items: readonly T[], item: T): T[] {
  const isKnown = items.some(({ id }) => id === item.id);
  return isKnown ? items.map((each) => (each.id === item.id ? item : each)) : [...items, item];
}

function without<T extends { readonly id: string }>(items: readonly T[], id: string): T[] {
  return items.filter((item) => item.id !== id);
}

/** Parsed once for each file: a change is a new file under the old name. */
function cachedReader(path: string): () => RegistryContent {
  let known: { readonly file: string; readonly content: RegistryContent } | null = null;
  return () => {
    let fd: number;
    try {
      fd = openSync(path, 'r');
    } catch (error) {
      if (hasCode(error, 'ENOENT')) return emptyRegistry;
      throw unusable(path, 'read', error);
    }
    try {
      const { dev, ino, size, mtimeNs, ctimeNs } = fstatSync(fd, { bigint: true });
      const file = [dev, ino, size, mtimeNs, ctimeNs].join();
      if (known?.file !== file) known = { file, content: parseRegistry(readFileSync(fd, 'utf8'), path) };
      return known.content;
    } finally {
      closeSync(fd);
    }
  };
}

function writing(path: string, work: () => void): void {
  try {
    work();
  } catch (error) {
    throw isStillpointError(error) ? error : unusable(path, 'written', error);
  }
}

function unusable(path: string, what: 'read' | 'written', cause: unknown): StillpointError {
  const code = cause instanceof Error && 'code' in cause ? ` (${String(cause.code)})` : '';
  return new StillpointError({
    kind: 'io',
    message: `The list of sources and repositories in ${path} cannot be ${what}${code}.`,
    guidance: 'Nothing was changed. Look whether its disk is full or read-only and whether the folder is yours.',
    field: path,
    retryable: true,
    cause,
  });
}

function write(path: string, content: RegistryContent): void {
  const directory = dirname(path);
  const temporary = `${path}.new`;
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const fd = openSync(temporary, 'w', 0o600);
  try {
    writeFileSync(fd, `${JSON.stringify(content, null, 2)}\n`);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  renameSync(temporary, path);
  const directoryFd = openSync(directory, 'r');
  try {
    fsyncSync(directoryFd);
  } finally {
    closeSync(directoryFd);
  }
}

export function sourceById(registry: Registry, ownerUid: number, id: SourceId): Source {
  const source = registry.sources(ownerUid).find((candidate) => candidate.id === id);
  if (source) return source;
  throw new StillpointError({
    kind: 'unknown-source',
    message: `There is no source ${id}.`,
    guidance: 'It may have been removed. Look at the list of sources.',
    field: 'sourceId',
  });
}

export function repositoryById(registry: Registry, ownerUid: number, id: RepositoryId): Repository {
  const repository = registry.repositories(ownerUid).find((candidate) => candidate.id === id);
  if (repository) return repository;
  throw new StillpointError({
    kind: 'unknown-repository',
    message: `There is no repository ${id.slice(0, 8)} registered here.`,
    guidance: 'Add it again: Repositories, Use an existing one.',
    field: 'repositoryId',
  });
}
