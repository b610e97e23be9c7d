import type { BlobId, SnapshotId } from '../../../../shared/domain/ids.ts';
import { optionalStringField, parseObject, stringListField, uint32Field } from './fields.ts';
import { parseBlobId, parseSnapshotId } from './ids.ts';
import { encodeJson, type JsonObject } from './json.ts';
import { decodeOffset, decodeTime, encodeTime } from './times.ts';

/** A snapshot file. Text from other programs is kept as found: it may be anything. */
export interface SnapshotFile {
  /** The still point: the instant the content is from. */
  readonly timeNs: bigint;
  /** The wall clock it was made by, in minutes east of UTC; undefined: UTC. restic's keep rules go by it. */
  readonly offsetMinutes?: number | undefined;
  readonly tree: BlobId;
  /** Absolute paths of what was backed up. */
  readonly paths: readonly string[];
  readonly hostname: string;
  readonly username: string;
  readonly uid: number;
  readonly gid: number;
  readonly excludes: readonly string[];
  readonly tags: readonly string[];
  /** The snapshot this one was compared with. */
  readonly parent?: SnapshotId | undefined;
  /** The first form of a snapshot whose metadata was rewritten since. */
  readonly original?: SnapshotId | undefined;
  readonly programVersion?: string | undefined;
}

export function encodeSnapshotFile(snapshot: SnapshotFile): string {
  return encodeJson({
    time: encodeTime(snapshot.timeNs, snapshot.offsetMinutes),
    parent: snapshot.parent,
    tree: snapshot.tree,
    paths: snapshot.paths,
    hostname: snapshot.hostname,
    username: snapshot.username,
    uid: snapshot.uid,
    gid: snapshot.gid,
    excludes: optionalList(snapshot.excludes),
    tags: optionalList(snapshot.tags),
    original: snapshot.original,
    program_version: snapshot.programVersion,
  });
}

export function decodeSnapshotFile(text: string): SnapshotFile {
  const where = 'A snapshot file';
  const object = parseObject(text, where);
  return {
    timeNs: decodeTime(object.time, `${where}, time,`),
    offsetMinutes: decodeOffset(object.time) || undefined,
    tree: parseBlobId(object.tree, `${where}, tree,`),
    paths: stringListField(object, 'paths', where),
    hostname: optionalStringField(object, 'hostname', where) ?? '',
    username: optionalStringField(object, 'username', where) ?? '',
    uid: uint32Field(object, 'uid', where),
    gid: uint32Field(object, 'gid', where),
    excludes: stringListField(object, 'excludes', where),
    tags: stringListField(object, 'tags', where),
    parent: optionalSnapshotId(object, 'parent', where),
    original: optionalSnapshotId(object, 'original', where),
    programVersion: optionalStringField(object, 'program_version', where),
  };
}

/** The same document with other tags; every field, known or not, is kept as it was. `id` is the one it has now. */
export function retagSnapshotFile(text: string, id: SnapshotId, tags: readonly string[]): string {
  const object = parseObject(text, 'A snapshot file');
  return encodeJson({ ...object, tags: optionalList(tags), original: object.original ?? id });
}

/**
 * The same document for another place or with another tree: `original` says which it was made of. Every field that is not
 * named here, known or not, is kept as it was; the parent is left out where it means nothing any more.
 */
export function derivedSnapshotFile(
  text: string,
  id: SnapshotId,
  { tree, addTag, keepParent }: { readonly tree?: BlobId; readonly addTag?: string; readonly keepParent: boolean },
): string {
  const object = parseObject(text, 'A snapshot file');
  const tags = stringListField(object, 'tags', 'A snapshot file');
  return encodeJson({
    ...object,
    parent: keepParent ? object.parent : undefined,
    tree: tree ?? object.tree,
    tags: addTag === undefined || tags.includes(addTag) ? object.tags : [...tags, addTag],
    original: object.original ?? id,
  });
}

function optionalList(items: readonly string[]): readonly string[] | undefined {
  return items.length > 0 ? items : undefined;
}

function optionalSnapshotId(object: JsonObject, key: string, where: string): SnapshotId | undefined {
  const value = object[key];
  return value === undefined || value === null ? undefined : parseSnapshotId(value, `${where}, ${key},`);
}
