import { constants } from 'node:fs';
import type { BlobId } from '../../../../shared/domain/ids.ts';
import { hasCode } from '../../system/errno.ts';
import type { FileOps } from '../../system/file-ops.ts';
import { entryOf } from '../../system/openat2.ts';
import { renameNew } from '../../system/rename-new.ts';
import { FreshHand } from '../fresh/fresh-hand.ts';
import { applyMetadata } from '../write/apply-metadata.ts';
import { readBack } from '../write/read-back.ts';
import { writeSparse } from '../write/write-sparse.ts';
import {
  type AnswerOf,
  type FileToStage,
  type FileToVerify,
  type HandJob,
  type Hurt,
  type PackRange,
  type PieceAnswer,
  type PieceToWrite,
  type PlaceAnswer,
  type Refused,
  refusedOf,
  type StageAnswer,
  type VerifyAnswer,
  type WantedBlob,
} from './contract.ts';
import { foundOfText, textOfStat } from './found-text.ts';
import type { Witness } from './witness.ts';

const { O_CREAT, O_EXCL, O_NOFOLLOW, O_RDWR } = constants;
const hurt: Hurt = { hurt: true };

export interface HandParts {
  readonly ops: FileOps;
  readonly isPrivileged: boolean;
  /** The verified plaintext, valid until the next is asked for; undefined when anything of it does not hold. */
  readonly open: (sealed: Buffer, id: string, uncompressedLength: number) => OpenedContent | undefined;
  readonly witness: Witness;
}

export interface OpenedContent {
  readonly plaintext: Buffer;
  /** Taken of it before it was verified. */
  readonly witness: string | null;
}

/** What one thread does. Everything is synchronous; only descriptors and names it was given are touched. */
export class Hand {
  readonly #parts: HandParts;
  readonly #fresh: FreshHand;
  #memory = Buffer.alloc(0);

  constructor(parts: HandParts) {
    this.#parts = parts;
    this.#fresh = new FreshHand(parts);
  }

  do(job: HandJob): AnswerOf[HandJob['kind']] {
    switch (job.kind) {
      case 'stage': {
        const ranges = this.#read(job.ranges);
        return job.files.map((file) => this.#stage(file, ranges, job.sync));
      }
      case 'pieces': {
        const ranges = this.#read(job.ranges);
        return this.#parts.ops.run(() => job.pieces.map((piece) => this.#write(piece, ranges)));
      }
      case 'place':
        return job.entries.map((entry) => this.#place(entry));
      case 'verify':
        return job.files.map((file) => this.#verify(file));
      case 'make': {
        const ranges = this.#read(job.ranges);
        return this.#fresh.make(job, (blob) => this.#open(blob, ranges)?.plaintext);
      }
      case 'finish':
        return this.#fresh.finish(job);
      case 'prove':
        return this.#fresh.prove(job);
    }
  }

  /** All ranges of a job, in memory that serves every job. Null for one that cannot be read to its end. */
  #read(ranges: readonly PackRange[]): readonly (Buffer | null)[] {
    const total = ranges.reduce((sum, range) => sum + ('fd' in range ? range.length : 0), 0);
    // What was never written to costs nothing, and each new one is written to anew: it grows in large steps.
    if (this.#memory.length < total) this.#memory = Buffer.allocUnsafeSlow(2 ** Math.ceil(Math.log2(total)));
    let start = 0;
    return ranges.map((range) => {
      if ('bytes' in range) return Buffer.from(range.bytes.buffer, range.bytes.byteOffset, range.bytes.byteLength);
      const bytes = this.#memory.subarray(start, start + range.length);
      start += range.length;
      return this.#fill(bytes, range.fd, range.offset) ? bytes : null;
    });
  }

  #fill(bytes: Buffer, fd: number, offset: number): boolean {
    try {
      for (let done = 0; done < bytes.length; ) {
        const count = this.#parts.ops.readSync(fd, bytes, done, bytes.length - done, offset + done);
        if (count === 0) return false;
        done += count;
      }
      return true;
    } catch (error) {
      refusedOf(error);
      return false;
    }
  }

  #open(blob: WantedBlob, ranges: readonly (Buffer | null)[]): OpenedContent | undefined {
    const range = ranges[blob.range];
    if (!range) return undefined;
    const opened = this.#parts.open(range.subarray(blob.at, blob.at + blob.length), blob.id, blob.uncompressedLength);
    return opened?.plaintext.length === blob.plain ? opened : undefined;
  }

  #stage(file: FileToStage, ranges: readonly (Buffer | null)[], sync: boolean): StageAnswer {
    const { ops } = this.#parts;
    const path = entryOf(file.dir, Buffer.from(file.temp, 'latin1'));
    try {
      return ops.run(() => {
        const fd = ops.openSync(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
        let isWhole = false;
        try {
          const staged = this.#fillFile(fd, file, ranges);
          if (sync && !('hurt' in staged)) ops.fsyncSync(fd);
          isWhole = !('hurt' in staged);
          return staged;
        } finally {
          ops.closeSync(fd);
          if (!isWhole) ops.unlinkSync(path);
        }
      });
    } catch (error) {
      return refusedOf(error);
    }
  }

  #fillFile(fd: number, file: FileToStage, ranges: readonly (Buffer | null)[]): StageAnswer {
    const { ops, isPrivileged } = this.#parts;
    const zeros: number[] = [];
    const witnesses: (string | null)[] = [];
    let length = 0;
    let end = 0;
    for (const [index, blob] of file.blobs.entries()) {
      const opened = this.#open(blob, ranges);
      if (opened === undefined) return hurt;
      const written = writeSparse(ops, fd, opened.plaintext, length);
      if (written < 0) zeros.push(index);
      else end = written;
      length += opened.plaintext.length;
      witnesses.push(opened.witness);
    }
    if (end < length) ops.ftruncateSync(fd, length);
    const { uid, gid, dev, ino } = ops.fstatSync(fd);
    const losses: string[] = [];
    const node = {
      type: 'file',
      mode: file.mode,
      uid: file.uid,
      gid: file.gid,
      atimeNs: BigInt(file.atimeNs),
      mtimeNs: BigInt(file.mtimeNs),
      extendedAttributes: file.attributes.map(([name, value]) => ({ name, value: Buffer.from(value, 'base64') })),
    } as const;
    const rules = { isPrivileged, onLoss: (kind: string) => void losses.push(kind) };
    applyMetadata(ops, { at: fd, uid: Number(uid), gid: Number(gid) }, node, rules);
    return { deviceId: String(dev), inode: String(ino), zeros, losses, witnesses };
  }

  #write(piece: PieceToWrite, ranges: readonly (Buffer | null)[]): PieceAnswer {
    const opened = this.#open(piece, ranges);
    if (opened === undefined) return hurt;
    const refused: [number, Refused][] = [];
    let isZero = false;
    for (let target = 0; target < piece.to.length && !isZero; target += 2) {
      const [fd = -1, position = 0] = [piece.to[target], piece.to[target + 1]];
      try {
        isZero = writeSparse(this.#parts.ops, fd, opened.plaintext, position) < 0;
      } catch (error) {
        refused.push([target / 2, refusedOf(error)]);
      }
    }
    return { isZero, refused, witness: opened.witness };
  }

  #place({ dir, temp, name }: { readonly dir: number; readonly temp: string; readonly name: string }): PlaceAnswer {
    const { ops } = this.#parts;
    try {
      const from = Buffer.from(temp, 'latin1');
      const to = Buffer.from(name, 'latin1');
      const [path] = [entryOf(dir, to), entryOf(dir, from)];
      return ops.run(() => (renameNew(ops, dir, from, to) ? { found: textOfStat(ops.lstatSync(path)) } : 'changed'));
    } catch (error) {
      return refusedOf(error);
    }
  }

  #verify({ dir, name, found, offset, ids, lengths, zeros, witnesses }: FileToVerify): VerifyAnswer {
    try {
      const path = entryOf(dir, Buffer.from(name, 'latin1'));
      const known = new Set(zeros);
      const pieces = ids.map((id, index) => ({
        id: id as BlobId,
        length: lengths[index] ?? 0,
        isZero: known.has(index),
        witness: witnesses[index] ?? null,
      }));
      const { ops, witness } = this.#parts;
      const looked = readBack(ops, path, foundOfText(found), pieces, offset, witness);
      for (let step = looked.next(); ; step = looked.next()) if (step.done) return step.value;
    } catch (error) {
      if (hasCode(error, 'EIO')) return 'different';
      return refusedOf(error);
    }
  }
}
