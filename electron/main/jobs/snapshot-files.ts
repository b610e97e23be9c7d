import { maxReadBytes } from '../../../shared/helper/snapshot-commands.ts';
import type { SnapshotKey } from './catalog-port.ts';
import type { HelperCalls } from './ports.ts';

/** The content of a file inside a snapshot, in pieces. */
export async function* fileChunks(
  helper: HelperCalls,
  key: SnapshotKey,
  path: string,
): AsyncGenerator<Uint8Array, void, undefined> {
  for (let offset = 0; ; ) {
    const { base64, size } = await helper.call('snapshots.read', { ...key, path, offset, length: maxReadBytes });
    const bytes = Buffer.from(base64, 'base64');
    if (bytes.length > 0) yield bytes;
    offset += bytes.length;
    if (offset >= size) return;
    // A file that is shorter than it says must not be waited for for ever.
    if (bytes.length === 0) throw new Error(`${path} ends after ${offset} of ${size} bytes`);
  }
}

/** Its beginning, and its full size. */
export async function fileBeginning(
  helper: HelperCalls,
  key: SnapshotKey,
  path: string,
  length: number,
): Promise<{ bytes: Uint8Array; size: number }> {
  const parts: Buffer[] = [];
  let read = 0;
  for (;;) {
    const wanted = Math.min(maxReadBytes, length - read);
    const { base64, size } = await helper.call('snapshots.read', { ...key, path, offset: read, length: wanted });
    const bytes = Buffer.from(base64, 'base64');
    parts.push(bytes);
    read += bytes.length;
    if (bytes.length === 0 || read >= size || read >= length) return { bytes: Buffer.concat(parts), size };
  }
}
