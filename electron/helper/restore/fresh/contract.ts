import type { PackRange, Refused, VerifyAnswer } from '../hands/contract.ts';

// What the main thread and threads tell each other of trees that are made anew. Rows and lines of text, not objects: there
// is one for each small file. Names and paths are latin1: each character a byte. 64-bit numbers are text.

/** A folder of a tree: the descriptor of the tree's top, and the path below it; '' is the top itself. */
export type FolderRow = readonly [top: number, path: string];

/** Attributes: name and value in base64. */
export type AttributeRow = readonly [string, string];

/** Length of the sealed blob, length it is compressed to (0: not), length of its content. */
export type BlobRow = readonly [
  id: string,
  range: number,
  at: number,
  length: number,
  uncompressedLength: number,
  plain: number,
];

/** `special`: where a link leads, or the number of a device. */
export type EntryRow = readonly [
  folder: number,
  name: string,
  type: string,
  mode: number,
  uid: number,
  gid: number,
  atimeNs: string,
  mtimeNs: string,
  special: string,
  attributes: readonly AttributeRow[],
  blobs: readonly BlobRow[],
];

/** Entries under their final names. `owner`: who new entries belong to before anything is set. */
export interface MakeJob {
  readonly kind: 'make';
  readonly ranges: readonly PackRange[];
  readonly owner: readonly [uid: number, gid: number];
  readonly folders: readonly FolderRow[];
  readonly entries: readonly EntryRow[];
  readonly sync: boolean;
}

/** Folders with everything in them, the deepest first: what the snapshot says of them. One that is not there is made. */
export interface FinishJob {
  readonly kind: 'finish';
  readonly folders: readonly FolderRow[];
  /** Null: it keeps what it has. Name, blobs and `folder` mean nothing here. */
  readonly entries: readonly (EntryRow | null)[];
  readonly sync: boolean;
}

export interface ProofRow {
  readonly folder: number;
  readonly name: string;
  readonly line: string;
  readonly ids: readonly string[];
  readonly lengths: readonly number[];
  readonly zeros: readonly number[];
}

/** Files to be read back. */
export interface ProveJob {
  readonly kind: 'prove';
  readonly folders: readonly FolderRow[];
  readonly device: string;
  readonly files: readonly ProofRow[];
}

/** What could not be set, and blobs of nothing but zeros, by their index; both are rare. */
export interface MadeWith {
  readonly line: string;
  readonly losses: readonly string[];
  readonly zeros: readonly number[];
}

/** `absent`: its folder could not be made, which is told by that. */
export type MakeAnswer = string | MadeWith | { readonly hurt: true } | { readonly absent: Refused } | Refused;
export type FinishAnswer = string | MadeWith | Refused;

export interface FreshAnswerOf {
  readonly make: readonly MakeAnswer[];
  readonly finish: readonly FinishAnswer[];
  readonly prove: readonly VerifyAnswer[];
}
