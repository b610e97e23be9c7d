import { randomBytes } from 'node:crypto';
import { posix } from 'node:path';
import type { StillpointError } from '../../../../../shared/errors/index.ts';
import { damaged, repositoryAbsent, repositoryExists } from '../../failures.ts';
import { isId } from '../../format/ids.ts';
import {
  type Backend,
  type ByteRange,
  type CallOptions,
  describeFile,
  type FileRef,
  type ListedFile,
  type ListedKind,
  listedKinds,
  type PlaceContent,
} from '../contract.ts';
import {
  allFolders,
  configPath,
  fileFolders,
  filePath,
  isLayoutFolder,
  isTemporaryName,
  kindFolder,
  temporaryPath,
} from '../local/layout.ts';
import { isFailure, isMissing, noRoom, sftpError } from './failures.ts';
import type { Handle, SftpClient } from './sftp-client.ts';
import type { SftpSession } from './sftp-session.ts';
import type { Attributes } from './wire.ts';

/** As a local repository has them. */
const folderMode = 0o700;
const temporaryMode = 0o600;
const finalMode = 0o400;

const kindMask = 0o170000;
const directoryKind = 0o040000;

/** What a filesystem may need beside a file's bytes. */
const aroundFile = 64 * 1024;

/** Folders of packs that are made or listed at a time: what a line of 100 ms needs. */
const foldersAtOnce = 32;

/**
 * A repository in a folder of an SSH server, in the layout of a local one. Files are written beside themselves, synced
 * where the server can (`fsync@openssh.com`), and renamed. The protocol cannot sync a folder: after a power cut of the
 * server a name may be missing that was there before, which a check finds; what has a name is whole.
 */
export class SftpBackend implements Backend {
  readonly location: string;
  readonly #session: SftpSession;
  readonly #root: string;

  /** `root` is absolute, or counted from the folder where the server lets us in. */
  constructor(session: SftpSession, root: string) {
    this.location = session.location;
    this.#session = session;
    this.#root = root;
  }

  probe(options?: CallOptions): Promise<PlaceContent> {
    return this.#attempt('look into the folder', options, async (sftp) => {
      const there = await sftp.stat(this.#root);
      if (there === undefined) return 'absent';
      if (!isFolder(there)) return 'occupied';
      const names = await sftp.list(this.#root);
      if (names.some(({ name }) => name === 'config')) return 'repository';
      for (const { name } of names)
        if (!isLayoutFolder(name) || !(await this.#holdsNoFile(sftp, posix.join(this.#root, name)))) return 'occupied';
      return 'empty';
    });
  }

  prepare(options?: CallOptions): Promise<void> {
    return this.#attempt('make its folders', options, async (sftp) => {
      const shared = [this.#root, ...listedKinds.map((kind) => kindFolder(this.#root, kind))];
      for (const folder of shared) await makeFolder(sftp, folder);
      const rest = allFolders(this.#root).filter((folder) => !shared.includes(folder));
      for (let at = 0; at < rest.length; at += foldersAtOnce) {
        await Promise.all(rest.slice(at, at + foldersAtOnce).map((folder) => makeFolder(sftp, folder)));
        await options?.pace?.(0);
      }
    });
  }

  list(kind: ListedKind, options?: CallOptions): Promise<readonly ListedFile[]> {
    return this.#attempt(`list its ${kind} files`, options, async (sftp) => {
      const entries = await this.#entries(sftp, kind, options);
      const files = entries.filter(({ name, attributes }) => isId(name) && !isFolder(attributes));
      return files.map(({ name, attributes }) => ({ name, size: attributes.size ?? 0 }));
    });
  }

  stat(file: FileRef, options?: CallOptions): Promise<number | undefined> {
    return this.#attempt(`look at ${describeFile(file)}`, options, async (sftp) => {
      const there = await this.#found(sftp, await sftp.stat(filePath(this.#root, file)));
      return there && (there.size ?? 0);
    });
  }

  writtenMs(file: FileRef, options?: CallOptions): Promise<number | null | undefined> {
    return this.#attempt(`look at ${describeFile(file)}`, options, async (sftp) => {
      const there = await this.#found(sftp, await sftp.stat(filePath(this.#root, file)));
      if (there === undefined) return undefined;
      return there.mtime === undefined ? null : there.mtime * 1000;
    });
  }

  load(file: FileRef, range?: ByteRange, options?: CallOptions): Promise<Buffer | undefined> {
    return this.#attempt(`read ${describeFile(file)}`, options, async (sftp) => {
      const handle = await this.#found(sftp, await ifThere(sftp.open(filePath(this.#root, file), 'read')));
      if (handle === undefined) return undefined;
      try {
        const size = await sftp.sizeOf(handle);
        const { offset, length } = range ?? { offset: 0, length: size };
        if (offset + length > size) throw tooShort(file);
        const bytes = await sftp.read(handle, offset, length, options);
        if (bytes.length < length) throw tooShort(file);
        return bytes;
      } finally {
        await sftp.closeHandle(handle).catch(() => {});
      }
    });
  }

  save(file: FileRef, bytes: Uint8Array, options?: CallOptions): Promise<void> {
    const path = filePath(this.#root, file);
    return this.#attempt(`write ${describeFile(file)}`, options, async (sftp) => {
      if (file.kind === 'config' && (await sftp.stat(path, false))) throw repositoryExists(this.location);
      const temporary = temporaryPath(path, randomBytes(8).toString('hex'));
      const handle = await this.#opened(sftp, path, temporary).catch(async (error: unknown) => {
        throw (await this.#isFull(sftp, bytes, error)) ?? error;
      });
      try {
        try {
          await sftp.write(handle, bytes, options);
          await sftp.sync(handle);
        } finally {
          await sftp.closeHandle(handle);
        }
        // A server may not let modes be changed; nothing depends on it.
        await sftp.setMode(temporary, finalMode).catch(() => {});
        await this.#publish(sftp, file, temporary, path, bytes);
      } catch (error) {
        // Asked while what was written is still there: afterwards there may be room again, and too little.
        const full = await this.#isFull(sftp, bytes, error);
        if (sftp.isOpen) await sftp.remove(temporary).catch(() => {});
        throw full ?? error;
      }
    });
  }

  remove(file: FileRef, options?: CallOptions): Promise<boolean> {
    return this.#attempt(`remove ${describeFile(file)}`, options, async (sftp) => {
      const removed = await ifThere(sftp.remove(filePath(this.#root, file)).then(() => true));
      return (await this.#found(sftp, removed)) ?? false;
    });
  }

  sweep(ageMs: number, options?: CallOptions): Promise<number> {
    return this.#attempt('remove what interrupted runs left', options, async (sftp) => {
      const youngest = Date.now() - ageMs;
      let count = 0;
      for (const kind of listedKinds)
        for (const { name, path, attributes } of await this.#entries(sftp, kind, options)) {
          if (!isTemporaryName(name) || (attributes.mtime ?? Infinity) * 1000 >= youngest) continue;
          if (await ifThere(sftp.remove(path).then(() => true))) count += 1;
        }
      return count;
    });
  }

  close(): Promise<void> {
    return this.#session.close();
  }

  /** The plain rename never overwrites: of two who make a repository here at once one loses. */
  async #publish(sftp: SftpClient, file: FileRef, temporary: string, path: string, bytes: Uint8Array): Promise<void> {
    if (file.kind !== 'config' && sftp.offers('posix-rename@openssh.com')) return sftp.replace(temporary, path);
    try {
      await sftp.rename(temporary, path);
    } catch (error) {
      if (!isFailure(error)) throw error;
      const there = await sftp.stat(path);
      if (there === undefined) throw error;
      if (file.kind === 'config') throw repositoryExists(this.location);
      // Somebody saved the same bytes under their hash.
      if (there.size !== bytes.length) throw error;
      await sftp.remove(temporary);
    }
  }

  async #opened(sftp: SftpClient, path: string, temporary: string): Promise<Handle> {
    return (
      (await ifThere(sftp.open(temporary, 'create', temporaryMode))) ??
      (await this.#openInNewFolder(sftp, path, temporary))
    );
  }

  /** Version 3 of the protocol has no word for a disk without room. Who can be asked what is left is asked. */
  async #isFull(sftp: SftpClient, bytes: Uint8Array, error: unknown): Promise<StillpointError | undefined> {
    if (!isFailure(error) || !sftp.isOpen) return undefined;
    const room = await sftp.room(this.#root).catch(() => undefined);
    if (room === undefined || (room.free >= bytes.length + aroundFile && room.freeFiles !== 0)) return undefined;
    return noRoom(this.location, room, bytes.length, error);
  }

  /** Copying programs leave empty folders out. */
  async #openInNewFolder(sftp: SftpClient, path: string, temporary: string): Promise<Handle> {
    if (!(await sftp.stat(this.#root))) throw repositoryAbsent(this.location);
    const folder = posix.dirname(path);
    if (posix.dirname(folder) !== this.#root) await makeFolder(sftp, posix.dirname(folder));
    await makeFolder(sftp, folder);
    return sftp.open(temporary, 'create', temporaryMode);
  }

  async #entries(sftp: SftpClient, kind: ListedKind, options: CallOptions | undefined) {
    const top = await this.#names(sftp, kindFolder(this.#root, kind), options);
    if (kind !== 'pack') return top;
    const present = new Set(top.map(({ path }) => path));
    const folders = fileFolders(this.#root, kind).filter((folder) => present.has(folder));
    const found: (typeof top)[] = [];
    for (let at = 0; at < folders.length; at += foldersAtOnce) {
      const some = folders.slice(at, at + foldersAtOnce);
      found.push(...(await Promise.all(some.map((folder) => this.#names(sftp, folder, options)))));
    }
    return found.flat();
  }

  async #names(sftp: SftpClient, folder: string, options: CallOptions | undefined) {
    const names = (await this.#found(sftp, await ifThere(sftp.list(folder, options?.pace)))) ?? [];
    return names.map(({ name, attributes }) => ({ name, attributes, path: posix.join(folder, name) }));
  }

  async #holdsNoFile(sftp: SftpClient, folder: string): Promise<boolean> {
    for (const { name, attributes } of await sftp.list(folder))
      if (!isFolder(attributes) || !(await this.#holdsNoFile(sftp, posix.join(folder, name)))) return false;
    return true;
  }

  /** A file that is not there means little when the whole place is gone: a disk of the server is not mounted. */
  async #found<Result>(sftp: SftpClient, result: Result | undefined): Promise<Result | undefined> {
    if (result !== undefined) return result;
    if ((await sftp.stat(configPath(this.#root))) === undefined) throw repositoryAbsent(this.location);
    return undefined;
  }

  async #attempt<Result>(
    action: string,
    options: CallOptions | undefined,
    work: (sftp: SftpClient) => Promise<Result>,
  ): Promise<Result> {
    try {
      return await this.#session.use(options ?? {}, work);
    } catch (error) {
      throw sftpError(error, action, this.location);
    }
  }
}

function isFolder({ permissions = 0 }: Attributes): boolean {
  return (permissions & kindMask) === directoryKind;
}

async function makeFolder(sftp: SftpClient, folder: string): Promise<void> {
  try {
    await sftp.makeFolder(folder, folderMode);
  } catch (error) {
    const there = await sftp.stat(folder);
    if (there === undefined || !isFolder(there)) throw error;
  }
}

async function ifThere<Result>(work: Promise<Result>): Promise<Result | undefined> {
  try {
    return await work;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

function tooShort(file: FileRef): Error {
  return damaged(`${describeFile(file)} is shorter than it must be.`, { file: describeFile(file) });
}
