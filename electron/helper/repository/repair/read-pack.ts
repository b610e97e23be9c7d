import { isStillpointError } from '../../../../shared/errors/index.ts';
import type { Backend, ListedFile } from '../backend/contract.ts';
import { Breather } from '../breather.ts';
import { sha256 } from '../crypto/hash.ts';
import type { Sealer } from '../crypto/sealer.ts';
import type { PackedBlob } from '../format/blob.ts';
import { openBlob } from '../pack/open-blob.ts';
import { readPackHeader } from '../pack/read-header.ts';
import { readTail } from '../pack/read-tail.ts';

export interface PackReading {
  readonly backend: Backend;
  readonly sealer: Sealer;
  readonly signal: AbortSignal | undefined;
}

/** What a pack holds, and what is wrong with it. */
export interface PackContent {
  /** In a whole pack what its header says; in a damaged one what of that, or of what the index says, still opens. */
  readonly blobs: readonly PackedBlob[];
  /** Empty when nothing wrong was found. */
  readonly damage: string;
  /** Blobs that were listed, by the header or by the index, and do not open. */
  readonly unreadable: readonly PackedBlob[];
}

/** By its header alone. Where that cannot be read, each blob that the index lists is tried by itself. */
export async function packByHeader(
  reading: PackReading,
  file: ListedFile,
  listed: readonly PackedBlob[],
): Promise<PackContent> {
  try {
    const blobs = await readTail(reading.backend, reading.sealer, file, reading.signal);
    return { blobs, damage: '', unreadable: [] };
  } catch (error) {
    if (!isStillpointError(error, 'repository-damaged')) throw error;
    const load = (blob: PackedBlob): Promise<Buffer | undefined> => loadBlob(reading, file, blob);
    return { damage: error.message, ...(await tried(reading, listed, load)) };
  }
}

/** With every byte: the pack must be what its name says, or each of its blobs is tried. In memory in full meanwhile. */
export async function packInFull(
  reading: PackReading,
  file: ListedFile,
  listed: readonly PackedBlob[],
): Promise<PackContent> {
  const { backend, sealer, signal } = reading;
  const bytes = await backend.load({ kind: 'pack', name: file.name }, undefined, { signal });
  if (bytes === undefined) return { blobs: [], damage: 'A pack vanished while it was read.', unreadable: listed };
  const header = headerOf(sealer, bytes);
  if (Array.isArray(header) && sha256(bytes) === file.name) return { blobs: header, damage: '', unreadable: [] };
  const damage = Array.isArray(header) ? 'Its bytes were changed since they were written.' : header.damage;
  const known = Array.isArray(header) ? header : listed;
  const cut = async ({ offset, length }: PackedBlob): Promise<Buffer> => bytes.subarray(offset, offset + length);
  return { damage, ...(await tried(reading, known, cut)) };
}

function headerOf(sealer: Sealer, bytes: Buffer): PackedBlob[] | { readonly damage: string } {
  try {
    return readPackHeader(sealer, bytes);
  } catch (error) {
    if (!isStillpointError(error, 'repository-damaged')) throw error;
    return { damage: error.message };
  }
}

async function tried(
  { sealer, signal }: PackReading,
  blobs: readonly PackedBlob[],
  load: (blob: PackedBlob) => Promise<Buffer | undefined>,
): Promise<Pick<PackContent, 'blobs' | 'unreadable'>> {
  const breather = new Breather();
  const good: PackedBlob[] = [];
  const unreadable: PackedBlob[] = [];
  for (const blob of blobs) {
    await breather.breathe(signal);
    const sealed = await load(blob);
    const opens = sealed !== undefined && 'plaintext' in openBlob(sealer, sealed, blob.id, blob.uncompressedLength);
    (opens ? good : unreadable).push(blob);
  }
  return { blobs: good, unreadable };
}

async function loadBlob(
  { backend, signal }: PackReading,
  { name, size }: ListedFile,
  { offset, length }: PackedBlob,
): Promise<Buffer | undefined> {
  if (offset + length > size) return undefined;
  return backend.load({ kind: 'pack', name }, { offset, length }, { signal });
}
