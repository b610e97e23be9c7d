import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import type { RepositoryId, SourceId } from '../../../shared/domain/ids.ts';
import type { Repository } from '../../../shared/domain/repository.ts';
import type { Source } from '../../../shared/domain/source.ts';
import { StillpointError } from '../../../shared/errors/index.ts';
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

/** Keeps the registry in one file, mode 0600, in a directory that only its owner can change. */
export function openRegistry(path: string): Registry {
  return registryOver(read(path), (content) => write(path, content));
}

/** Forgets everything with the process; for one command's own sources and repositories. */
export function memoryRegistry(): Registry {
  return registryOver(emptyRegistry, () => {});
}

function registryOver(start: RegistryContent, save: (content: RegistryContent) => void): Registry {
  let content = start;
  const change = (next: RegistryContent): void => {
    save(next);
    content = next;
  };
  return {
    sources: (ownerUid) => content.sources.filter((source) => source.ownerUid === ownerUid),
    repositories: (ownerUid) => content.repositories.filter((repository) => repository.ownerUid === ownerUid),
    putSource: (source) => change({ ...content, sources: [...without(content.sources, source.id), source] }),
    putRepository: (repository) =>
      change({ ...content, repositories: [...without(content.repositories, repository.id), repository] }),
    removeSource: (id) => change({ ...content, sources: without(content.sources, id) }),
    removeRepository: (id) => change({ ...content, repositories: without(content.repositories, id) }),
  };
}

function without<T extends { readonly id: string }>(items: readonly T[], id: string): T[] {
  return items.filter((item) => item.id !== id);
}

function read(path: string): RegistryContent {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return emptyRegistry;
    throw error;
  }
  return parseRegistry(text, path);
}

function write(path: string, content: RegistryContent): void {
  const directory = dirname(path);
  const temporary = `${path}.new`;
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const fd = openSync(temporary, 'w', 0o600);
  try {
    writeSync(fd, `${JSON.stringify(content, null, 2)}\n`);
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
