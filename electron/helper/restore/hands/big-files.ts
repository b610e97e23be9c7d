import type { BlobId } from '../../../../shared/domain/ids.ts';
import { throwIfAborted } from '../../../../shared/errors/index.ts';
import type { LocatedBlob } from '../snapshot-source.ts';
import { errorOf, type PieceAnswer, type PieceToWrite, type RestoreHands } from './contract.ts';
import type { Slots } from './slots.ts';
import type { FileOnItsWay, StagingParts } from './threaded-stage.ts';

const sealedPerJob = 4 * 1024 * 1024;
const plainPerJob = 16 * 1024 * 1024;
/** Places of one blob that are written in one go: a file that is nothing but a hole has millions. */
const placesPerPiece = 2048;

/** A file that several threads write at once. */
export interface BigFile {
  readonly file: FileOnItsWay;
  readonly blobs: readonly LocatedBlob[];
  readonly length: number;
  readonly zeros: Set<BlobId>;
  /** Open from its making until all threads are through. */
  fd: number | null;
  /** Nothing more comes of it. */
  isOver: boolean;
}

export function bigFile(file: FileOnItsWay, blobs: readonly LocatedBlob[], length: number): BigFile {
  return { file, blobs, length, zeros: new Set(), fd: null, isOver: false };
}

/** One blob with everything it belongs to: it is opened once. */
interface Piece {
  readonly id: BlobId;
  readonly blob: LocatedBlob;
  readonly owners: { readonly big: BigFile; readonly position: number }[];
}

/** Writes the content of all, each blob once opened, in the order in which blobs lie in packs. */
export async function writeBigFiles(parts: StagingParts, files: readonly BigFile[], slots: Slots): Promise<void> {
  for (const big of files) {
    try {
      big.fd = big.file.create();
    } catch (error) {
      big.isOver = true;
      big.file.failed(error);
    }
  }
  for (const group of groupsOf(piecesOf(files))) {
    throwIfAborted(parts.signal);
    await slots.begin(() => writeGroup(parts, group));
  }
}

/** No thread may be at them any more. */
export function completeBigFiles(files: readonly BigFile[]): void {
  for (const big of files) {
    const { fd } = big;
    if (fd === null) continue;
    if (big.isOver) big.file.close(fd);
    else {
      big.fd = null;
      big.file.complete(
        fd,
        big.length,
        big.blobs.map(({ plain }) => plain),
        [...big.zeros],
      );
    }
    big.fd = null;
  }
}

export function closeBigFiles(files: readonly BigFile[]): void {
  for (const big of files) {
    if (big.fd !== null) big.file.close(big.fd);
    big.fd = null;
  }
}

function piecesOf(files: readonly BigFile[]): readonly Piece[] {
  const pieces = new Map<string, Piece>();
  const packOrder = new Map<string, number>();
  for (const big of files) {
    if (big.fd === null) continue;
    let position = 0;
    for (const [index, blob] of big.blobs.entries()) {
      if (!packOrder.has(blob.pack)) packOrder.set(blob.pack, packOrder.size);
      const id = big.file.node.content?.[index] as BlobId;
      const piece = pieces.get(id) ?? { id, blob, owners: [] };
      pieces.set(id, piece);
      piece.owners.push({ big, position });
      position += blob.plain;
    }
  }
  const orderOf = ({ blob }: Piece): number => packOrder.get(blob.pack) ?? 0;
  return [...pieces.values()].sort((a, b) => orderOf(a) - orderOf(b) || a.blob.offset - b.blob.offset);
}

function* groupsOf(pieces: readonly Piece[]): Generator<readonly Piece[], void, undefined> {
  let group: Piece[] = [];
  let sealed = 0;
  let plain = 0;
  for (const piece of pieces) {
    for (let from = 0; from < piece.owners.length; from += placesPerPiece) {
      group.push({ ...piece, owners: piece.owners.slice(from, from + placesPerPiece) });
      sealed += piece.blob.length;
      plain += piece.blob.plain * Math.min(placesPerPiece, piece.owners.length - from);
      if (sealed < sealedPerJob && plain < plainPerJob) continue;
      yield group;
      group = [];
      sealed = 0;
      plain = 0;
    }
  }
  if (group.length > 0) yield group;
}

async function writeGroup({ hands, ranges }: StagingParts, group: readonly Piece[]): Promise<void> {
  const reading = await ranges.reading(group.map(({ blob }) => blob));
  try {
    const asked: Piece[] = [];
    const pieces: PieceToWrite[] = [];
    for (const [index, piece] of group.entries()) {
      const place = reading.places[index];
      const { length, uncompressedLength, plain } = piece.blob;
      if (place === undefined) {
        hurtAll(piece);
        continue;
      }
      asked.push(piece);
      const to = piece.owners.flatMap(({ big, position }) => [big.fd ?? -1, position]);
      pieces.push({ id: piece.id, ...place, length, uncompressedLength, plain, to });
    }
    const answers = await hands.do({ kind: 'pieces', ranges: reading.ranges, pieces });
    for (const [index, piece] of asked.entries()) hear(hands, piece, answers[index]);
  } finally {
    reading.release();
  }
}

function hear({ witnesses }: RestoreHands, piece: Piece, answer: PieceAnswer | undefined): void {
  if (answer === undefined || 'hurt' in answer) {
    hurtAll(piece);
    return;
  }
  if (answer.witness !== null) witnesses.set(piece.id, answer.witness);
  for (const { big } of piece.owners) {
    if (answer.isZero) big.zeros.add(piece.id);
    if (!big.isOver) big.file.onBytes(piece.blob.plain);
  }
  for (const [target, refused] of answer.refused) {
    const big = piece.owners[target]?.big;
    if (big === undefined || big.isOver) continue;
    big.isOver = true;
    big.file.failed(errorOf(refused));
  }
}

function hurtAll({ owners }: Piece): void {
  for (const { big } of owners) {
    if (big.isOver) continue;
    big.isOver = true;
    big.file.hurt();
  }
}
