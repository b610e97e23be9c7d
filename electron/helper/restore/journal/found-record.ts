import { z } from 'zod';
import { nodeTypeSchema } from '../../../../shared/domain/snapshot.ts';
import type { Found } from '../plan/plan-item.ts';

const integer = z.string().regex(/^-?\d+$/);

/** A version of an entry in a stored file. 64-bit numbers are text: JSON would round them. */
export const foundRecordSchema = z.object({
  type: nodeTypeSchema,
  mode: z.number().int(),
  uid: z.number().int(),
  gid: z.number().int(),
  size: integer,
  mtimeNs: integer,
  ctimeNs: integer,
  deviceId: integer,
  inode: integer,
  links: integer,
  rdev: integer,
});
export type FoundRecord = z.infer<typeof foundRecordSchema>;

export function recordOfFound(found: Found): FoundRecord {
  return {
    type: found.type,
    mode: found.mode,
    uid: found.uid,
    gid: found.gid,
    size: String(found.size),
    mtimeNs: String(found.mtimeNs),
    ctimeNs: String(found.ctimeNs),
    deviceId: String(found.deviceId),
    inode: String(found.inode),
    links: String(found.links),
    rdev: String(found.rdev),
  };
}

export function foundOfRecord(record: FoundRecord): Found {
  return {
    type: record.type,
    mode: record.mode,
    uid: record.uid,
    gid: record.gid,
    size: BigInt(record.size),
    mtimeNs: BigInt(record.mtimeNs),
    ctimeNs: BigInt(record.ctimeNs),
    deviceId: BigInt(record.deviceId),
    inode: BigInt(record.inode),
    links: BigInt(record.links),
    rdev: BigInt(record.rdev),
  };
}
