import { damaged } from '../failures.ts';
import type { BlobType, PackedBlob } from './blob.ts';
import { asObject, listField, parseObject, stringField, stringListField, uint32Field } from './fields.ts';
import { type PackId, parseBlobId, parsePackId } from './ids.ts';
import type { Json } from './json.ts';

export interface IndexedPack {
  readonly id: PackId;
  readonly blobs: readonly PackedBlob[];
}

export interface IndexFile {
  /** Index files that this one replaces; a reader that has both uses this one. */
  readonly supersedes: readonly string[];
  readonly packs: readonly IndexedPack[];
}

export function encodeIndexFile(index: IndexFile): string {
  const supersedes = index.supersedes.length > 0 ? `"supersedes":${JSON.stringify(index.supersedes)},` : '';
  const packs = index.packs.map((pack) => `{"id":"${pack.id}","blobs":[${pack.blobs.map(encodeBlob).join(',')}]}`);
  return `{${supersedes}"packs":[${packs.join(',')}]}`;
}

export function decodeIndexFile(text: string): IndexFile {
  const where = 'An index file';
  const object = parseObject(text, where);
  return {
    supersedes: stringListField(object, 'supersedes', where).map((id) => parsePackId(id, `${where}, superseded file,`)),
    packs: listField(object, 'packs', where).map(decodePack),
  };
}

function encodeBlob(blob: PackedBlob): string {
  const tail = blob.uncompressedLength > 0 ? `,"uncompressed_length":${blob.uncompressedLength}}` : '}';
  return `{"id":"${blob.id}","type":"${blob.type}","offset":${blob.offset},"length":${blob.length}${tail}`;
}

function decodePack(value: Json): IndexedPack {
  const where = 'A pack listed in an index';
  const object = asObject(value, where);
  const id = parsePackId(object.id, where);
  return { id, blobs: listField(object, 'blobs', where).map((blob) => decodeBlob(blob, id)) };
}

function decodeBlob(value: Json, pack: PackId): PackedBlob {
  const where = `A blob listed in the index for pack ${pack.slice(0, 8)}`;
  const object = asObject(value, where);
  const offset = uint32Field(object, 'offset', where);
  const length = uint32Field(object, 'length', where);
  if (offset + length > 0xffffffff) throw damaged(`${where} reaches beyond 4 GiB.`);
  return {
    type: decodeType(stringField(object, 'type', where), where),
    id: parseBlobId(object.id, where),
    offset,
    length,
    uncompressedLength: uint32Field(object, 'uncompressed_length', where),
  };
}

function decodeType(text: string, where: string): BlobType {
  if (text === 'data' || text === 'tree') return text;
  throw damaged(`${where} is of an unknown type.`);
}
