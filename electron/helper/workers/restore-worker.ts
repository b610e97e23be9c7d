import { parentPort, workerData } from 'node:worker_threads';
import { Sealer } from '../repository/crypto/sealer.ts';
import { BlobOpener } from '../repository/pack/open-blob.ts';
import { Hand } from '../restore/index.ts';
import { identityFileOps, plainFileOps } from '../system/file-ops.ts';
import { decodeJob, encodeAnswers, type HandThreadData, type ToHand } from './restore-messages.ts';

// A thread that puts files back. Everything in it is synchronous: it reads packs and writes files by descriptors and names
// it was given, with the rights of whoever asked, borrowed around each file and for itself alone.

const { key, identity, isPrivileged } = workerData as HandThreadData;
const port = parentPort;
if (port === null) throw new Error('this runs as a thread of the helper');

const bytesOf = (part: Uint8Array): Buffer => Buffer.from(part.buffer, part.byteOffset, part.byteLength);
const opener = new BlobOpener(
  new Sealer({ encrypt: bytesOf(key.encrypt), macK: bytesOf(key.macK), macR: bytesOf(key.macR) }),
);
const hand = new Hand({
  ops: identity === null ? plainFileOps : identityFileOps(identity),
  isPrivileged,
  open: (sealed, id, uncompressedLength) => {
    const opened = opener.open(sealed, id, uncompressedLength);
    return 'plaintext' in opened ? opened.plaintext : undefined;
  },
});

port.on('message', (message: ToHand) => {
  port.postMessage(encodeAnswers(message.number, hand.do(decodeJob(message))));
});
