import { hkdfSync } from 'node:crypto';
import type { MasterKey } from '../crypto/master-key.ts';

/**
 * 256 random words that decide where files are cut. They derive from the master key, so that nobody without it can tell
 * from the lengths of blobs which known files a repository holds. The same key and version give the same table for ever.
 */
export function deriveGearTable(key: MasterKey, version: number): Uint32Array {
  const secret = Buffer.concat([key.encrypt, key.macK, key.macR]);
  const bytes = Buffer.from(hkdfSync('sha256', secret, '', `stillpoint chunker ${version}`, 256 * 4));
  return Uint32Array.from({ length: 256 }, (_, index) => bytes.readUInt32LE(index * 4));
}
