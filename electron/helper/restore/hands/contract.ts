import type { BlobId } from '../../../../shared/domain/ids.ts';
import type { Identity } from '../../system/identity.ts';
import type { FinishJob, FreshAnswerOf, MakeJob, ProveJob } from '../fresh/contract.ts';

/** A run of bytes of a pack: of an open descriptor, or already here. */
export type PackRange =
  | { readonly fd: number; readonly offset: number; readonly length: number }
  | { readonly bytes: Uint8Array };

/** A blob in one of a job's ranges: `at` counts from the start of the range. `plain` is the length it must have opened. */
export interface WantedBlob {
  readonly id: string;
  readonly range: number;
  readonly at: number;
  readonly length: number;
  readonly uncompressedLength: number;
  readonly plain: number;
}

/** Names are latin1: each character a byte. 64-bit numbers are text. */
export interface FileToStage {
  readonly dir: number;
  readonly temp: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly atimeNs: string;
  readonly mtimeNs: string;
  /** Name and value in base64. */
  readonly attributes: readonly (readonly [string, string])[];
  readonly blobs: readonly WantedBlob[];
}

/** Small files, made whole: created beside their place, written, given what belongs to them; synced where `sync` says so. */
export interface StageJob {
  readonly kind: 'stage';
  readonly ranges: readonly PackRange[];
  readonly files: readonly FileToStage[];
  readonly sync: boolean;
}

export interface PieceToWrite extends WantedBlob {
  /** Descriptors and positions it is written to, one after the other. */
  readonly to: readonly number[];
}

/** Blobs into files that are open. */
export interface PiecesJob {
  readonly kind: 'pieces';
  readonly ranges: readonly PackRange[];
  readonly pieces: readonly PieceToWrite[];
}

/** Files under temporary names to places where nothing is. */
export interface PlaceJob {
  readonly kind: 'place';
  readonly entries: readonly { readonly dir: number; readonly temp: string; readonly name: string }[];
}

export interface FileToVerify {
  readonly dir: number;
  readonly name: string;
  readonly found: FoundText;
  /** Where the first of the blobs begins. */
  readonly offset: number;
  readonly ids: readonly string[];
  readonly lengths: readonly number[];
  /** Which of them are nothing but zeros. */
  readonly zeros: readonly number[];
  /** Of each, where there is one (see `witness.ts`). */
  readonly witnesses: readonly (string | null)[];
}

export interface VerifyJob {
  readonly kind: 'verify';
  readonly files: readonly FileToVerify[];
}

export type HandJob = StageJob | PiecesJob | PlaceJob | VerifyJob | MakeJob | FinishJob | ProveJob;

/** Device, inode, size, mtime, ctime, links, mode with type bits, uid, gid, rdev; all as stat tells them. */
export type FoundText = readonly [string, string, string, string, string, string, number, number, number, string];

/** How a call of the system failed. */
export interface Refused {
  readonly code: string;
  readonly message: string;
  readonly syscall: string;
}

/** The content is not what it should be: whoever asked finds out why, blob by blob. */
export interface Hurt {
  readonly hurt: true;
}

export interface Staged {
  readonly deviceId: string;
  readonly inode: string;
  /** Indexes of blobs that are nothing but zeros. */
  readonly zeros: readonly number[];
  readonly losses: readonly string[];
  /** Of each blob, where one was taken. */
  readonly witnesses: readonly (string | null)[];
}

/** How far something was written differs from target to target: each begins its pages elsewhere. `refused`: by their index. */
export interface Written {
  readonly isZero: boolean;
  readonly refused: readonly (readonly [number, Refused])[];
  /** Where one was taken. */
  readonly witness: string | null;
}

export type StageAnswer = Staged | Hurt | Refused;
export type PieceAnswer = Written | Hurt;
export type PlaceAnswer = { readonly found: FoundText } | 'changed' | Refused;
export type VerifyAnswer = 'same' | 'different' | 'changed' | Refused;

export interface AnswerOf extends FreshAnswerOf {
  readonly stage: readonly StageAnswer[];
  readonly pieces: readonly PieceAnswer[];
  readonly place: readonly PlaceAnswer[];
  readonly verify: readonly VerifyAnswer[];
}

/** Threads that open blobs, write, put in place and read back, for one restore. Every job is answered, or fails as a whole. */
export interface RestoreHands {
  readonly count: number;
  /** What content was seen to be when it was written, by blob. */
  readonly witnesses: Map<BlobId, string>;
  do<Kind extends HandJob['kind']>(job: Extract<HandJob, { kind: Kind }>): Promise<AnswerOf[Kind]>;
  /** Resolves when the threads are gone, and with them whatever they were at. */
  close(): Promise<void>;
}

export interface HandSettings {
  /** The keys that blobs are sealed with. */
  readonly key: { readonly encrypt: Buffer; readonly macK: Buffer; readonly macR: Buffer };
  /** In whose name files are touched; null: the helper's own. */
  readonly identity: Identity | null;
  /** Whether rights over the whole machine are at hand. */
  readonly isPrivileged: boolean;
  /** 32 random bytes of this restore alone. */
  readonly witnessKey: Uint8Array;
}

export type StartHands = (settings: Omit<HandSettings, 'identity' | 'witnessKey'>) => RestoreHands;

export function isRefused(answer: unknown): answer is Refused {
  return typeof answer === 'object' && answer !== null && 'syscall' in answer;
}

/** As node's own errors of files are. */
export function errorOf({ message, code, syscall }: Refused): Error {
  return Object.assign(new Error(message), { code, syscall });
}

/** What is no error of the system is none of the file's: it goes on, and ends the thread. */
export function refusedOf(error: unknown): Refused {
  if (!(error instanceof Error) || !('code' in error) || !('syscall' in error)) throw error;
  return { code: String(error.code), message: error.message, syscall: String(error.syscall) };
}
