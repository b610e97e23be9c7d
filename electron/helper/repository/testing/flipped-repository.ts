import { closeSync, mkdtempSync, openSync, readdirSync, readSync, rmSync, statSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import type { BlobId } from '../../../../shared/domain/ids.ts';
import { asStillpointError, StillpointError } from '../../../../shared/errors/index.ts';
import { LocalBackend } from '../backend/local/local-backend.ts';
import { sha256 } from '../crypto/hash.ts';
import { initRepository, openRepository } from '../open.ts';
import type { Repository } from '../repository.ts';
import { testOptions } from './memory-repository.ts';
import type { SeededRandom } from './seeded-random.ts';
import { type DirectoryLiteral, dir, file, storeSnapshot } from './tree-literal.ts';

const otherPassword = 'another way in';
const packTarget = 96 * 1024;

/** What a flipped bit did. */
export interface FlipResult {
  /** Path in the repository, and which byte of it. */
  readonly where: string;
  /** Who noticed: opening it, the check, both. Empty: nobody, which is a fault. */
  readonly noticed: string;
  readonly filesWhole: number;
  readonly filesLost: number;
  readonly faults: readonly string[];
}

/** Where a blob lies, to tell what a flip can have damaged. */
interface Lying {
  readonly pack: string;
  readonly from: number;
  readonly to: number;
}

interface StoredFile {
  readonly snapshot: string;
  readonly path: string;
  readonly hash: string;
  /** Its own blobs, and the trees on the way to it. */
  readonly needs: readonly Lying[];
}

/**
 * A small repository on disk with several snapshots, packs, index files and keys, of which one bit after the other is
 * flipped and put back.
 */
export class FlippedRepository implements Disposable {
  readonly #root: string;
  readonly #files: readonly StoredFile[];

  private constructor(root: string, files: readonly StoredFile[]) {
    this.#root = root;
    this.#files = files;
  }

  static async make(random: SeededRandom): Promise<FlippedRepository> {
    const root = mkdtempSync(join(tmpdir(), 'stillpoint-flips-'));
    const made = await initRepository(new LocalBackend(root), { ...testOptions, packTarget });
    await made.keys.add(otherPassword);
    const tree = (n: number): DirectoryLiteral => ({
      note: file(`note ${n}`),
      shared: file('what every snapshot has'),
      folder: dir({
        noise: file(random.bytes(60_000 + n * 1000)),
        deeper: dir({ text: file(`line ${n}\n`.repeat(9000)) }),
      }),
      large: file(random.bytes(700_000)),
    });
    for (let n = 0; n < 3; n += 1) await storeSnapshot(made, tree(n), { timeNs: BigInt(n + 1) * 1_000_000_000n });
    return new FlippedRepository(root, await filesOf(made));
  }

  /** Paths of its files below the repository, locks left out. */
  paths(): readonly string[] {
    return readdirSync(this.#root, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => relative(this.#root, join(entry.parentPath, entry.name)))
      .filter((path) => !path.startsWith('locks/'))
      .sort();
  }

  /** Flips one bit of a file, looks at everything, and puts the bit back. */
  async flip(path: string, random: SeededRandom): Promise<FlipResult> {
    const full = join(this.#root, path);
    const byte = random.int(statSync(full).size);
    const bit = 1 << random.int(8);
    exchange(full, byte, bit);
    try {
      return await this.#judge(path, byte);
    } finally {
      exchange(full, byte, bit);
    }
  }

  [Symbol.dispose](): void {
    rmSync(this.#root, { recursive: true, force: true });
  }

  async #judge(path: string, byte: number): Promise<FlipResult> {
    const where = `${path}:${byte}`;
    const noticed: string[] = [];
    const faults: string[] = [];
    const doors: Repository[] = [];
    for (const password of [testOptions.password, otherPassword]) {
      try {
        doors.push(await openRepository(new LocalBackend(this.#root), { ...testOptions, password }));
      } catch (error) {
        faults.push(...notSaid(error));
        noticed.push('opening');
      }
    }
    const [repository] = doors;
    if (repository === undefined) {
      if (path !== 'config') faults.push('no password opens it');
      return { where, noticed: noticed.join(' '), filesWhole: 0, filesLost: this.#files.length, faults };
    }
    if (path === 'config') faults.push('a changed configuration is believed');
    if (await isFound(repository, faults)) noticed.push('check');
    if (noticed.length === 0) faults.push('nobody noticed');
    const { whole, lost } = await this.#readAll(repository, path, byte, faults);
    for (const door of doors) door.close();
    return { where, noticed: noticed.join(' '), filesWhole: whole, filesLost: lost, faults };
  }

  /** Reads every file of every snapshot: what the bit cannot have damaged must be whole, and nothing may be wrong. */
  async #readAll(
    repository: Repository,
    path: string,
    byte: number,
    faults: string[],
  ): Promise<{ whole: number; lost: number }> {
    let whole = 0;
    for (const stored of this.#files) {
      try {
        const hash = await hashOf(repository, stored);
        if (hash === stored.hash) whole += 1;
        else faults.push(`${stored.path} of ${stored.snapshot.slice(0, 8)} reads as something else`);
      } catch (error) {
        faults.push(...notSaid(error));
        if (!mayBeLost(stored, path, byte)) faults.push(`${stored.path} is lost: ${asStillpointError(error).message}`);
      }
    }
    return { whole, lost: this.#files.length - whole };
  }
}

function mayBeLost({ snapshot, needs }: StoredFile, path: string, byte: number): boolean {
  if (path.startsWith('snapshots/')) return path.endsWith(snapshot);
  return needs.some(({ pack, from, to }) => path.endsWith(pack) && byte >= from && byte < to);
}

async function isFound(repository: Repository, faults: string[]): Promise<boolean> {
  try {
    const { findings } = await repository.check({ readData: true });
    return findings.some(({ severity }) => severity !== 'info');
  } catch (error) {
    faults.push(...notSaid(error));
    return true;
  }
}

/** Anything but words for people is a defect of ours. */
function notSaid(error: unknown): string[] {
  if (error instanceof StillpointError && error.kind !== 'internal') return [];
  return [error instanceof Error ? (error.stack ?? error.message) : String(error)];
}

async function filesOf(repository: Repository): Promise<StoredFile[]> {
  await repository.loadIndex();
  const lying = (type: 'data' | 'tree', id: BlobId): Lying => {
    const { pack, offset, length } = repository.locateBlob(type, id) ?? failed(`${type} ${id} is nowhere`);
    return { pack, from: offset, to: offset + length };
  };
  const found: StoredFile[] = [];
  const walk = async (snapshot: string, tree: BlobId, path: string, way: readonly Lying[]): Promise<void> => {
    const here = [...way, lying('tree', tree)];
    for (const node of (await repository.loadTree(tree)).nodes) {
      const below = `${path}/${node.name}`;
      if (node.subtree) await walk(snapshot, node.subtree, below, here);
      if (!node.content) continue;
      const needs = [...here, ...node.content.map((id) => lying('data', id))];
      const stored = { snapshot, path: below, needs, hash: '' };
      found.push({ ...stored, hash: await hashOf(repository, stored) });
    }
  };
  for (const { id, tree } of (await repository.snapshots.list()).snapshots) await walk(id, tree, '', []);
  return found;
}

/** As a restore goes: from the snapshot down. */
async function hashOf(
  repository: Repository,
  { snapshot, path }: Pick<StoredFile, 'snapshot' | 'path'>,
): Promise<string> {
  const { tree } = await repository.snapshots.load(snapshot as never);
  const [name = '', ...rest] = path.split('/').slice(1).reverse();
  let at = tree;
  for (const step of rest.reverse())
    at = (await repository.loadTree(at)).nodes.find((node) => node.name.toString() === step)?.subtree ?? failed(path);
  const node = (await repository.loadTree(at)).nodes.find((one) => one.name.toString() === name) ?? failed(path);
  const pieces: Buffer[] = [];
  for (const id of node.content ?? []) pieces.push(await repository.loadBlob('data', id));
  return sha256(Buffer.concat(pieces));
}

function failed(what: string): never {
  throw new Error(`the test cannot go on: ${what}`);
}

function exchange(path: string, byte: number, bit: number): void {
  const fd = openSync(path, 'r+');
  try {
    const one = Buffer.alloc(1);
    readSync(fd, one, 0, 1, byte);
    one[0] = (one[0] ?? 0) ^ bit;
    writeSync(fd, one, 0, 1, byte);
  } finally {
    closeSync(fd);
  }
}
