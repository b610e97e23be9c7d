import { type NodeType, nodeTypeSchema } from '../../../../shared/domain/snapshot.ts';
import type { FoundRecord } from '../journal/found-record.ts';
import { lineFields } from './found-line.ts';

/** What was made of one tree, as journal and record have it: a line for each entry. */
export interface TreeText {
  readonly root: number;
  /** Of its top: names below the root, quoted and joined by `/`, beginning with one. */
  readonly path: string;
  /** All of it is on one. */
  readonly deviceId: string;
  /** `dir`, version and path below the top (quoted, ending in `/`; nothing for the top itself), followed by what is in it: type, version, name. */
  readonly lines: string;
}

export interface TreeEntry {
  readonly path: string;
  readonly now: FoundRecord;
}

export function* entriesOfTree({ path: top, deviceId, lines }: TreeText): Generator<TreeEntry, void, undefined> {
  let folder = top;
  if (lines === '') return;
  for (const line of lines.split('\n')) {
    const fields = line.split(' ', lineFields + 1);
    const [type, mode, uid, gid, size, mtimeNs, ctimeNs, inode, links, rdev] = fields;
    if (fields.length <= lineFields || rdev === undefined) throw new Error(`${JSON.stringify(line)} tells of no entry`);
    // A name may hold spaces.
    const name = line.slice(fields.join(' ').length + 1);
    const now = {
      type: typeOf(type),
      ...{ mode: Number(mode), uid: Number(uid), gid: Number(gid) },
      ...{ size: size ?? '', mtimeNs: mtimeNs ?? '', ctimeNs: ctimeNs ?? '', deviceId },
      ...{ inode: inode ?? '', links: links ?? '', rdev },
    };
    if (now.type === 'dir') {
      folder = name === '' ? top : `${top}/${name.slice(0, -1)}`;
      yield { path: folder, now };
    } else yield { path: `${folder}/${name}`, now };
  }
}

/** How many there are. */
export function countOfTree({ lines }: TreeText): number {
  if (lines === '') return 0;
  let count = 1;
  for (let at = lines.indexOf('\n'); at >= 0; at = lines.indexOf('\n', at + 1)) count += 1;
  return count;
}

const types = new Set<string>(nodeTypeSchema.options);

function typeOf(text: string | undefined): NodeType {
  if (text === undefined || !types.has(text)) throw new Error(`${JSON.stringify(text)} is no type of an entry`);
  return text as NodeType;
}
