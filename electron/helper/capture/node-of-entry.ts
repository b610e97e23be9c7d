import type { EntryMeta, StillEntry } from '../quiesce/contract.ts';
import { goModeOfStat, type TreeNode } from '../repository/index.ts';
import type { AccountNames } from './account-names.ts';

/** Kinds whose link count restic records; on others a count would change the id of an otherwise equal tree. */
const countsLinks = new Set<EntryMeta['type']>(['file', 'symlink', 'dev', 'chardev']);

/**
 * A tree node, without content where none is given. The access time is stored as the modification time, as restic does by default: reading a
 * file must not make its directory a new one.
 */
export function nodeOfEntry(
  name: StillEntry['name'],
  meta: EntryMeta,
  accounts: AccountNames,
  content?: TreeNode['content'],
): TreeNode {
  return {
    name: Buffer.isBuffer(name) ? name : Buffer.from(name.buffer, name.byteOffset, name.byteLength),
    type: meta.type,
    mode: goModeOfStat(meta.mode),
    mtimeNs: meta.mtimeNs,
    atimeNs: meta.mtimeNs,
    ctimeNs: meta.ctimeNs,
    uid: meta.uid,
    gid: meta.gid,
    user: accounts.user(meta.uid),
    group: accounts.group(meta.gid),
    inode: meta.inode,
    deviceId: meta.deviceId,
    size: meta.type === 'file' ? meta.size : 0n,
    links: countsLinks.has(meta.type) ? meta.links : 0n,
    device: meta.type === 'dev' || meta.type === 'chardev' ? meta.rdev : 0n,
    linkTarget: meta.linkTarget === null ? undefined : Buffer.from(meta.linkTarget),
    extendedAttributes: attributesOf(meta),
    content,
  };
}

/** Sorted by name, so that the order in which a filesystem lists them makes no new tree. */
function attributesOf(meta: EntryMeta): TreeNode['extendedAttributes'] {
  if (meta.xattrs.length === 0) return undefined;
  return meta.xattrs
    .map(({ name, value }) => ({ name: Buffer.from(name).toString('utf8'), value: Buffer.from(value) }))
    .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}
