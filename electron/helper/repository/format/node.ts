import type { BlobId } from '../../../../shared/domain/ids.ts';
import { damaged } from '../failures.ts';
import {
  asObject,
  bytesField,
  listField,
  optionalStringField,
  stringField,
  stringListField,
  uint32Field,
  uint64Field,
} from './fields.ts';
import { parseBlobId } from './ids.ts';
import { encodeString, type Json, type JsonObject } from './json.ts';
import { type NodeType, nodeTypes } from './modes.ts';
import { quoteName, unquoteName } from './names.ts';
import { decodeTime, encodeTime } from './times.ts';
import { isUtf8 } from './utf8.ts';

export interface ExtendedAttribute {
  readonly name: string;
  readonly value: Buffer;
}

/**
 * One entry of a tree. Names and link targets are raw bytes: no encoding is assumed. Times are nanoseconds since 1970
 * UTC. Numbers that the kernel keeps in 64 bits are bigint; 0 means unknown or not applicable.
 */
export interface TreeNode {
  readonly name: Buffer;
  readonly type: NodeType;
  /** Go's os.FileMode, type bits included: see modes.ts. */
  readonly mode: number;
  readonly mtimeNs: bigint;
  readonly atimeNs: bigint;
  readonly ctimeNs: bigint;
  readonly uid: number;
  readonly gid: number;
  readonly user?: string | undefined;
  readonly group?: string | undefined;
  readonly inode: bigint;
  /** st_dev: the device the entry is on. */
  readonly deviceId: bigint;
  /** Length of a file in bytes. */
  readonly size: bigint;
  readonly links: bigint;
  /** st_rdev of a device node. */
  readonly device: bigint;
  readonly linkTarget?: Buffer | undefined;
  readonly extendedAttributes?: readonly ExtendedAttribute[] | undefined;
  /** Data blobs in order; present exactly for files. */
  readonly content?: readonly BlobId[] | undefined;
  /** Present exactly for directories. */
  readonly subtree?: BlobId | undefined;
}

/**
 * A node as restic writes it: same fields, same order, same omissions, so that an unchanged directory has the same id
 * whichever program stored it.
 */
export function encodeNode(node: TreeNode): string {
  let json = `{"name":${encodeName(node.name)}${kindOf(node)}`;
  const mtime = encodeTime(node.mtimeNs);
  const ctime = node.ctimeNs === node.mtimeNs ? mtime : encodeTime(node.ctimeNs);
  const atime = node.atimeNs === node.mtimeNs ? mtime : encodeTime(node.atimeNs);
  json += `,"mtime":"${mtime}","atime":"${atime}","ctime":"${ctime}"${ownerOf(node)}`;
  if (node.inode !== 0n) json += `,"inode":${node.inode}`;
  if (node.deviceId !== 0n) json += `,"device_id":${node.deviceId}`;
  if (node.size !== 0n) json += `,"size":${node.size}`;
  if (node.links !== 0n) json += `,"links":${node.links}`;
  if (node.linkTarget?.length) json += encodeLinkTarget(node.linkTarget);
  if (node.extendedAttributes?.length) json += encodeAttributes(node.extendedAttributes);
  if (node.device !== 0n) json += `,"device":${node.device}`;
  json += `,"content":${node.content ? encodeIds(node.content) : 'null'}`;
  if (node.subtree) json += `,"subtree":"${node.subtree}"`;
  return `${json}}`;
}

/** Printable ASCII that needs no escape in any of both ways is the name itself, as nearly all names are. */
function encodeName(name: Buffer): string {
  for (let at = 0; at < name.length; at += 1) {
    const byte = name[at] ?? 0;
    const isPlain = byte >= 0x20 && byte <= 0x7e && !(byte === 0x22 || byte === 0x5c);
    if (!isPlain || byte === 0x26 || byte === 0x3c || byte === 0x3e) return encodeString(quoteName(name));
  }
  return `"${name.toString('latin1')}"`;
}

/** Neighbours nearly always are of one kind and one owner: what was written last is written again. */
let latestKind = { type: '', mode: -1, json: '' };
let latestOwner: Pick<TreeNode, 'uid' | 'gid' | 'user' | 'group'> & { json: string } = { uid: -1, gid: -1, json: '' };

function kindOf({ type, mode }: TreeNode): string {
  if (type !== latestKind.type || mode !== latestKind.mode)
    latestKind = { type, mode, json: `,"type":"${type}"${mode === 0 ? '' : `,"mode":${mode}`}` };
  return latestKind.json;
}

function ownerOf({ uid, gid, user, group }: TreeNode): string {
  const { uid: u, gid: g, user: name, group: groupName } = latestOwner;
  if (uid === u && gid === g && user === name && group === groupName) return latestOwner.json;
  let json = `,"uid":${uid},"gid":${gid}`;
  if (user) json += `,"user":${encodeString(user)}`;
  if (group) json += `,"group":${encodeString(group)}`;
  latestOwner = { uid, gid, user, group, json };
  return json;
}

/** Checks what a hostile tree could abuse: a name that leaves its directory, a type that contradicts the fields. */
export function decodeNode(value: Json): TreeNode {
  const object = asObject(value, 'A tree entry');
  const quoted = stringField(object, 'name', 'A tree entry');
  const name = unquoteName(quoted);
  if (!isFileName(name)) throw damaged(`A tree entry is named "${quoted}", which is not a file name.`);
  const where = `The tree entry "${quoted}"`;
  const type = nodeTypes.find((known) => known === object.type);
  if (type === undefined) throw damaged(`${where} is of an unknown type.`);
  // Two of the three are usually the same text.
  const mtimeNs = decodeTime(object.mtime, where, 'modification time');
  return {
    name,
    type,
    mode: uint32Field(object, 'mode', where),
    mtimeNs,
    atimeNs: object.atime === object.mtime ? mtimeNs : decodeTime(object.atime, where, 'access time'),
    ctimeNs: object.ctime === object.mtime ? mtimeNs : decodeTime(object.ctime, where, 'change time'),
    uid: uint32Field(object, 'uid', where),
    gid: uint32Field(object, 'gid', where),
    user: optionalStringField(object, 'user', where),
    group: optionalStringField(object, 'group', where),
    inode: uint64Field(object, 'inode', where),
    deviceId: uint64Field(object, 'device_id', where),
    size: uint64Field(object, 'size', where),
    links: uint64Field(object, 'links', where),
    device: uint64Field(object, 'device', where),
    linkTarget: decodeLinkTarget(object, where),
    extendedAttributes: decodeAttributes(object, where),
    ...decodeContent(object, type, where),
  };
}

/** Whether the bytes can be one component of a path. */
export function isFileName(name: Uint8Array): boolean {
  if (name.length === 0 || name.includes(0x2f) || name.includes(0)) return false;
  return !(name[0] === 0x2e && (name.length === 1 || (name.length === 2 && name[1] === 0x2e)));
}

function decodeContent(object: JsonObject, type: NodeType, where: string): Pick<TreeNode, 'content' | 'subtree'> {
  const content = stringListField(object, 'content', where).map((id) => parseBlobId(id, `${where}, content,`));
  const { subtree } = object;
  if (type !== 'file' && content.length > 0) throw damaged(`${where} has content and is not a file.`);
  if (type !== 'dir' && subtree !== undefined && subtree !== null) {
    throw damaged(`${where} has a subtree and is not a directory.`);
  }
  if (type === 'file') return { content };
  return type === 'dir' ? { subtree: parseBlobId(subtree, `${where}, subtree,`) } : {};
}

/** A target that is not UTF-8 is kept whole in linktarget_raw; linktarget then only serves programs that know no better. */
function encodeLinkTarget(target: Buffer): string {
  const json = `,"linktarget":${encodeString(target.toString('utf8'))}`;
  return isUtf8(target) ? json : `${json},"linktarget_raw":"${target.toString('base64')}"`;
}

function decodeLinkTarget(object: JsonObject, where: string): Buffer | undefined {
  const raw = bytesField(object, 'linktarget_raw', where);
  if (raw.length > 0) return raw;
  const text = optionalStringField(object, 'linktarget', where);
  return text ? Buffer.from(text, 'utf8') : undefined;
}

function encodeAttributes(attributes: readonly ExtendedAttribute[]): string {
  const items = attributes.map(
    ({ name, value }) =>
      `{"name":${encodeString(name)},"value":${value.length ? `"${value.toString('base64')}"` : '""'}}`,
  );
  return `,"extended_attributes":[${items.join(',')}]`;
}

function decodeAttributes(object: JsonObject, where: string): readonly ExtendedAttribute[] | undefined {
  const items = listField(object, 'extended_attributes', where);
  if (items.length === 0) return undefined;
  return items.map((item) => {
    const attribute = asObject(item, `${where}, extended attribute,`);
    return { name: stringField(attribute, 'name', where), value: bytesField(attribute, 'value', where) };
  });
}

function encodeIds(ids: readonly BlobId[]): string {
  return ids.length === 0 ? '[]' : `["${ids.join('","')}"]`;
}
