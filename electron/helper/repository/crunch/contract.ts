import type { SealKey } from '../crypto/sealer.ts';
import type { FormatVersion } from '../format/unpacked.ts';
import type { IndexColumns } from '../index/blob-index.ts';
import type { FinishedPack } from '../pack/pack-assembler.ts';

/** What a run's threads need to know. Memory in it is shared, the rest copied. */
export interface CrunchSettings {
  readonly key: SealKey;
  readonly gear: Uint32Array;
  readonly version: FormatVersion;
  /** Length at which a pack is full, in bytes. */
  readonly packTarget: number;
  /** Blobs of the index as it was when the run began. */
  readonly known: IndexColumns;
  readonly claims: SharedArrayBuffer;
}

/**
 * Bytes of an open file. The descriptor stays open, and whoever opened it judges what may have changed meanwhile, until
 * the answer is there.
 */
export type CrunchJob =
  /** From `start` to `end`, cut where the content says. At most `longestJob` bytes. */
  | { readonly kind: 'stream'; readonly fd: number; readonly start: number; readonly end: number }
  /**
   * From the beginning of a chunk on, cut where the content says, until `enough` bytes are in whole chunks, or up to `end`:
   * what is answered as `length` is where the next one begins. Where the file ends before, what is left is a chunk.
   */
  | { readonly kind: 'run'; readonly fd: number; readonly start: number; readonly end: number; readonly enough: number }
  /** Chunks that were found before, one after the other from `start`; `cuts` are their ends. Together as long at most. */
  | { readonly kind: 'pieces'; readonly fd: number; readonly start: number; readonly cuts: readonly number[] }
  /** Where to cut, from the beginning of a chunk on, until `enough` bytes are cut. The last cut is `end` at most. */
  | {
      readonly kind: 'cuts';
      readonly fd: number;
      readonly start: number;
      readonly end: number;
      readonly enough: number;
    };

/**
 * A file of at most `longestJob` bytes in an open directory, opened by the thread. What it is to look like when it was read,
 * and nobody may have had it open for writing before: else it is not as named.
 */
export interface NamedJob {
  readonly kind: 'named';
  readonly directory: number;
  readonly name: Uint8Array;
  readonly size: number;
  readonly inode: bigint;
  readonly mtimeNs: bigint;
  readonly ctimeNs: bigint;
}

/** The longest chunk must fit, see the chunker's limits. Two of them are held in memory by each thread. */
export const longestJob = 16 * 1024 * 1024;

export interface Crunched {
  /** Ids of the chunks, or of none where only cuts were asked for. */
  readonly ids: readonly string[];
  readonly cuts: readonly number[];
  /** Bytes that were there: fewer than asked for where the file ends before. */
  readonly length: number;
  readonly blobsNew: number;
  readonly bytesNew: number;
  /** What the new ones take in packs. */
  readonly bytesStored: number;
  /** False of a named file that was not as named: its ids are nothing to refer to. */
  readonly isAsNamed?: boolean;
}

/** A full pack. `bytes` are its own until `release` is called. */
export interface CrunchedPack extends FinishedPack {
  readonly release: () => void;
}

/** Threads at work for one run of a writer. */
export interface CrunchLine {
  /** Jobs that are worked on at the same time. */
  readonly atOnce: number;
  /** Rejects with the file's error, its `code` included, or with why the threads cannot go on. */
  put(job: CrunchJob): Promise<Crunched>;
  /** The same of a named file; one of both is called. */
  putNamed(job: NamedJob, done: (crunched: Crunched) => void, failed: (error: unknown) => void): void;
  /** Another table for claims; claims made before are in the tables before. */
  moreClaims(table: SharedArrayBuffer): void;
  /** Resolves when all that was put is done and every blob of it was handed over in a pack. */
  flush(): Promise<void>;
  /** Ends the threads, whatever they are at. What was not handed over is lost. */
  close(): Promise<void>;
}

/** Where threads come from. `onPack` is called for each pack, `onFailure` once, when one of them ended by itself. */
export type StartCrunching = (
  settings: CrunchSettings,
  onPack: (pack: CrunchedPack) => void,
  onFailure: (error: unknown) => void,
) => CrunchLine;
