import type { BlobId, RepositoryId, SnapshotId } from '../../../../shared/domain/ids.ts';
import { damaged } from '../failures.ts';

/** Length in bytes of every id: a SHA-256. */
export const idLength = 32;

const hexId = /^[0-9a-f]{64}$/;

export function isId(text: string): boolean {
  return hexId.test(text);
}

/** The id of a pack file: the SHA-256 of its bytes, as its file name has it. */
export type PackId = string & { readonly packId: true };

export function parseBlobId(value: unknown, where: string): BlobId {
  return parse(value, where) as BlobId;
}

export function parsePackId(value: unknown, where: string): PackId {
  return parse(value, where) as PackId;
}

export function parseSnapshotId(value: unknown, where: string): SnapshotId {
  return parse(value, where) as SnapshotId;
}

export function parseRepositoryId(value: unknown, where: string): RepositoryId {
  return parse(value, where) as RepositoryId;
}

export function idToBytes(id: string): Buffer {
  return Buffer.from(id, 'hex');
}

function parse(value: unknown, where: string): string {
  if (typeof value === 'string' && hexId.test(value)) return value;
  throw damaged(`${where} is not an id of 64 hex digits.`);
}
