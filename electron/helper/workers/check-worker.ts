import { readSync } from 'node:fs';
import { parentPort } from 'node:worker_threads';
import { sha256 } from '../repository/crypto/hash.ts';
import { Sealer } from '../repository/crypto/sealer.ts';
import type { MasterKey, PackFile } from '../repository/index.ts';
import { PackInspector } from '../repository/maintenance/inspect-pack.ts';
import type { FromCheckThread, ToCheckThread } from './check-messages.ts';

// A thread that looks through packs: those it is given, or those behind descriptors that others opened, and no other file.

/** Memory for packs of more than this is not kept: programs write them of 16 MiB, or as large as they were told. */
const keptLength = 40 * 1024 * 1024;
/** Packs differ a little in length: what holds one holds the next. */
const step = 8 * 1024 * 1024;

const port = parentPort;
if (port === null) throw new Error('this runs as a thread of the helper');
let inspector: PackInspector | undefined;
let kept = Buffer.alloc(0);

port.on('message', (message: ToCheckThread) => {
  if ('key' in message) inspector = new PackInspector(sealerOf(message.key));
  else port.postMessage(answer(message));
});

function sealerOf(key: MasterKey): Sealer {
  const { encrypt, macK, macR } = key;
  return new Sealer({ encrypt: Buffer.from(encrypt), macK: Buffer.from(macK), macR: Buffer.from(macR) });
}

function answer({ number, id, bytes, look }: Exclude<ToCheckThread, { key: unknown }>): FromCheckThread {
  try {
    const pack =
      'bytes' in bytes ? Buffer.from(bytes.bytes.buffer, bytes.bytes.byteOffset, bytes.bytes.length) : read(bytes);
    if (look === undefined) return { number, isNamed: sha256(pack) === id };
    if (inspector === undefined) throw new Error('packs are looked through with the key');
    const steps = inspector.inspect(id, pack, look.listed, look.known);
    for (let step = steps.next(); ; step = steps.next()) if (step.done) return { number, damage: step.value };
  } catch (error) {
    if (!(error instanceof Error) || !('syscall' in error) || !('code' in error)) throw error;
    return { number, code: String(error.code), message: error.message };
  }
}

/** As much as is there, when that is less than was: whoever looks through it says so. */
function read({ descriptor, size }: PackFile): Buffer {
  const into = kept.length >= size ? kept : Buffer.allocUnsafeSlow(Math.ceil(size / step) * step);
  if (into.length <= keptLength) kept = into;
  for (let done = 0; done < size; ) {
    const count = readSync(descriptor, into, done, size - done, done);
    if (count === 0) return into.subarray(0, done);
    done += count;
  }
  return into.subarray(0, size);
}
