import { constants } from 'node:fs';
import type { BlobId } from '../../../../shared/domain/ids.ts';
import { permissionsOfGoMode } from '../../repository/index.ts';
import { hasCode } from '../../system/errno.ts';
import type { FileOps } from '../../system/file-ops.ts';
import { closeOpened, entryOf } from '../../system/openat2.ts';
import type { SpecialKind } from '../../system/special-files.ts';
import { isRefused, type Refused, refusedOf, type VerifyAnswer, type WantedBlob } from '../hands/contract.ts';
import { applyMetadata, type NodeMetadata } from '../write/apply-metadata.ts';
import { readBack } from '../write/read-back.ts';
import { writeSparse } from '../write/write-sparse.ts';
import type {
  EntryRow,
  FinishAnswer,
  FinishJob,
  FolderRow,
  MadeWith,
  MakeAnswer,
  MakeJob,
  ProofRow,
  ProveJob,
} from './contract.ts';
import { foundOfLine, lineOfStat } from './found-line.ts';

const { O_CREAT, O_DIRECTORY, O_EXCL, O_NOFOLLOW, O_RDONLY, O_RDWR } = constants;
const specialKinds: Readonly<Record<string, SpecialKind>> = {
  fifo: 'fifo',
  socket: 'socket',
  chardev: 'character-device',
  dev: 'block-device',
};

export interface FreshHandParts {
  readonly ops: FileOps;
  readonly isPrivileged: boolean;
}

/** The verified plaintext of a blob of the job, valid until the next is asked for. */
export type OpenWanted = (blob: WantedBlob) => Buffer | undefined;

/**
 * What one thread does of trees that are made anew. Nobody else can reach what is in them until they have their name: entries
 * are made under their own. Folders are opened beneath the tree's top all the same, over no link.
 */
export class FreshHand {
  readonly #parts: FreshHandParts;

  constructor(parts: FreshHandParts) {
    this.#parts = parts;
  }

  make({ folders, entries, owner, sync }: MakeJob, open: OpenWanted): readonly MakeAnswer[] {
    const opened = new Folders(this.#parts.ops, folders, true);
    try {
      return this.#parts.ops.run(() => entries.map((row) => this.#make(row, opened, owner, sync, open)));
    } finally {
      opened.close();
    }
  }

  finish({ folders, entries, sync }: FinishJob): readonly FinishAnswer[] {
    const opened = new Folders(this.#parts.ops, folders, true);
    try {
      return this.#parts.ops.run(() => entries.map((row, index) => this.#finish(row, index, opened, sync)));
    } finally {
      opened.close();
    }
  }

  prove({ folders, files, device }: ProveJob): readonly VerifyAnswer[] {
    const opened = new Folders(this.#parts.ops, folders, false);
    const deviceId = BigInt(device);
    try {
      return this.#parts.ops.run(() => files.map((row) => this.#prove(row, opened, deviceId)));
    } finally {
      opened.close();
    }
  }

  #make(row: EntryRow, folders: Folders, owner: MakeJob['owner'], sync: boolean, open: OpenWanted): MakeAnswer {
    const folder = folders.at(row[0]);
    if (isRefused(folder)) return { absent: folder };
    try {
      const path = entryOf(folder, Buffer.from(row[1], 'latin1'));
      return row[2] === 'file' ? this.#makeFile(path, row, owner, sync, open) : this.#makeOther(path, row);
    } catch (error) {
      return refusedOf(error);
    }
  }

  #makeFile(path: Buffer, row: EntryRow, owner: MakeJob['owner'], sync: boolean, open: OpenWanted): MakeAnswer {
    const { ops } = this.#parts;
    const wanted = permissionsOfGoMode(row[3]);
    // Nobody but us can open it yet: it may have its rights from the start. Writing is always ours.
    const fd = ops.openSync(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, wanted & 0o777);
    let isWhole = false;
    try {
      const zeros: number[] = [];
      let length = 0;
      let end = 0;
      for (const [index, [id, range, at, sealed, uncompressedLength, plain]] of row[10].entries()) {
        const bytes = open({ id, range, at, length: sealed, uncompressedLength, plain });
        if (bytes === undefined) return { hurt: true };
        const written = writeSparse(ops, fd, bytes, length);
        if (written < 0) zeros.push(index);
        else end = written;
        length += bytes.length;
      }
      if (end < length) ops.ftruncateSync(fd, length);
      const answer = this.#settle(fd, row, wanted, owner, zeros);
      if (sync) ops.fsyncSync(fd);
      isWhole = true;
      return answer;
    } finally {
      ops.closeSync(fd);
      if (!isWhole) ops.unlinkSync(path);
    }
  }

  /**
   * Gives a new file its metadata with the fewest calls: what is right from its making is not set. What came out is looked at
   * afterwards, and set as that of any other file where anything differs.
   */
  #settle(fd: number, row: EntryRow, wanted: number, owner: MakeJob['owner'], zeros: readonly number[]): MakeAnswer {
    const { ops, isPrivileged } = this.#parts;
    const [, , , , uid, gid, , mtimeNs, , attributes] = row;
    if (uid === owner[0] && gid === owner[1] && attributes.length === 0) {
      if (wanted > 0o777) ops.fchmodSync(fd, wanted);
      ops.setTimes(fd, BigInt(row[6]), BigInt(mtimeNs));
      const stat = ops.fstatSync(fd);
      const isAsWanted =
        (Number(stat.mode) & 0o7777) === wanted && stat.uid === BigInt(uid) && stat.gid === BigInt(gid);
      if (isAsWanted) return zeros.length === 0 ? lineOfStat(stat) : { line: lineOfStat(stat), losses: [], zeros };
    }
    const losses: string[] = [];
    const { uid: nowUid, gid: nowGid } = ops.fstatSync(fd);
    const rules = { isPrivileged, onLoss: (kind: string) => void losses.push(kind) };
    applyMetadata(ops, { at: fd, uid: Number(nowUid), gid: Number(nowGid) }, metadataOf(row), rules);
    return answerOf(lineOfStat(ops.fstatSync(fd)), losses, zeros);
  }

  #makeOther(path: Buffer, row: EntryRow): MakeAnswer {
    const { ops, isPrivileged } = this.#parts;
    const [, , type, , , , , , special] = row;
    if (type === 'symlink') ops.symlinkSync(Buffer.from(special, 'latin1'), path);
    else {
      const kind = specialKinds[type];
      if (!kind) throw new Error(`an entry of type ${type} cannot be made`);
      ops.makeSpecialFile(path, kind, 0o600, BigInt(special));
    }
    let isWhole = false;
    try {
      const { uid, gid } = ops.lstatSync(path);
      const losses: string[] = [];
      const node = metadataOf(row);
      const rules = { isPrivileged, onLoss: (kind: string) => void losses.push(kind) };
      const isPlainLink = type === 'symlink' && row[9].length === 0;
      if (isPlainLink && uid === BigInt(node.uid) && gid === BigInt(node.gid))
        ops.setTimes(path, node.atimeNs, node.mtimeNs);
      else applyMetadata(ops, { at: path, uid: Number(uid), gid: Number(gid) }, node, rules);
      const answer = answerOf(lineOfStat(ops.lstatSync(path)), losses, []);
      isWhole = true;
      return answer;
    } finally {
      if (!isWhole) ops.unlinkSync(path);
    }
  }

  #finish(row: EntryRow | null, index: number, folders: Folders, sync: boolean): FinishAnswer {
    const { ops, isPrivileged } = this.#parts;
    const fd = folders.at(index);
    if (isRefused(fd)) return fd;
    try {
      const losses: string[] = [];
      if (row) {
        const { uid, gid } = ops.fstatSync(fd);
        const rules = { isPrivileged, onLoss: (kind: string) => void losses.push(kind) };
        applyMetadata(ops, { at: fd, uid: Number(uid), gid: Number(gid) }, metadataOf(row), rules);
      }
      if (sync) ops.fsyncSync(fd);
      return answerOf(lineOfStat(ops.fstatSync(fd)), losses, []);
    } catch (error) {
      return refusedOf(error);
    }
  }

  #prove({ folder, name, line, ids, lengths, zeros }: ProofRow, folders: Folders, deviceId: bigint): VerifyAnswer {
    const fd = folders.at(folder);
    if (isRefused(fd)) return hasCode(fd, 'EIO') ? 'different' : 'changed';
    try {
      const known = new Set(zeros);
      const pieces = ids.map((id, index) => ({
        id: id as BlobId,
        length: lengths[index] ?? 0,
        isZero: known.has(index),
        witness: null,
      }));
      const path = entryOf(fd, Buffer.from(name, 'latin1'));
      const looked = readBack(this.#parts.ops, path, foundOfLine(line, 'file', deviceId), pieces, 0);
      for (let step = looked.next(); ; step = looked.next()) if (step.done) return step.value;
    } catch (error) {
      if (hasCode(error, 'EIO')) return 'different';
      return refusedOf(error);
    }
  }
}

function answerOf(line: string, losses: readonly string[], zeros: readonly number[]): string | MadeWith {
  return losses.length + zeros.length === 0 ? line : { line, losses, zeros };
}

function metadataOf([, , type, mode, uid, gid, atimeNs, mtimeNs, , attributes]: EntryRow): NodeMetadata {
  return {
    type: type as NodeMetadata['type'],
    mode,
    uid,
    gid,
    atimeNs: BigInt(atimeNs),
    mtimeNs: BigInt(mtimeNs),
    extendedAttributes: attributes.map(([name, value]) => ({ name, value: Buffer.from(value, 'base64') })),
  };
}

/** The folders of a job, each opened when it is first asked for. `areMade`: one that is not there is made, for us alone. */
class Folders {
  readonly #ops: FileOps;
  readonly #rows: readonly FolderRow[];
  readonly #areMade: boolean;
  readonly #open: (number | Refused | undefined)[] = [];

  constructor(ops: FileOps, rows: readonly FolderRow[], areMade: boolean) {
    this.#ops = ops;
    this.#rows = rows;
    this.#areMade = areMade;
  }

  at(index: number): number | Refused {
    const known = this.#open[index];
    if (known !== undefined) return known;
    const row = this.#rows[index];
    if (row === undefined) throw new Error(`a job names folder ${index}, which it does not have`);
    let opened: number | Refused;
    try {
      opened = this.#openFolder(row[0], Buffer.from(row[1], 'latin1'));
    } catch (error) {
      opened = refusedOf(error);
    }
    this.#open[index] = opened;
    return opened;
  }

  close(): void {
    for (const [index, fd] of this.#open.entries())
      if (typeof fd === 'number' && fd !== this.#rows[index]?.[0]) closeOpened(fd);
  }

  #openFolder(top: number, path: Buffer): number {
    if (path.length === 0) return top;
    const flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW;
    try {
      return this.#ops.openBeneath(top, path, flags);
    } catch (error) {
      if (!this.#areMade || !hasCode(error, 'ENOENT')) throw error;
    }
    const end = path.lastIndexOf(0x2f);
    const parent = this.#openFolder(top, path.subarray(0, Math.max(0, end)));
    try {
      this.#ops.mkdirSync(entryOf(parent, path.subarray(end + 1)), 0o700);
    } catch (error) {
      // Another thread made it in the meantime.
      if (!hasCode(error, 'EEXIST')) throw error;
    } finally {
      if (parent !== top) closeOpened(parent);
    }
    return this.#ops.openBeneath(top, path, flags);
  }
}
