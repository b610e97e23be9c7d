import { parentPort, workerData } from 'node:worker_threads';
import { Sealer } from '../repository/crypto/sealer.ts';
import { BlobOpener } from '../repository/pack/open-blob.ts';
import { Hand } from '../restore/hands/hand.ts';
import { Witness } from '../restore/hands/witness.ts';
import { identityFileOps, plainFileOps } from '../system/file-ops.ts';
import { decodeJob, encodeAnswers, type HandThreadData, type ToHand } from './restore-messages.ts';

// A thread that puts files back. Everything in it is synchronous: it reads packs and writes files by descriptors and names
// it was given, with the rights of whoever asked, borrowed around each file and for itself alone.

const { key, identity, isPrivileged, witnessKey } = workerData as HandThreadData;
const port = parentPort;
if (port === null) throw new Error('this runs as a thread of the helper');

const bytesOf = (part: Uint8Array): Buffer => Buffer.from(part.buffer, part.byteOffset, part.byteLength);
const witness = new Witness(witnessKey);
let taken: string | null = null;
const opener = new BlobOpener(
  new Sealer({ encrypt: bytesOf(key.encrypt), macK: bytesOf(key.macK), macR: bytesOf(key.macR) }),
  (plaintext, id) => {
    taken = witness.of(plaintext, id);
  },
);
const hand = new Hand({
  ops: identity === null ? plainFileOps : identityFileOps(identity),
  isPrivileged,
  witness,
  open: (sealed, id, uncompressedLength) => {
    const opened = opener.open(sealed, id, uncompressedLength);
    return 'plaintext' in opened ? { plaintext: opened.plaintext, witness: taken } : undefined;
  },
});

port.on('message', (message: ToHand) => {
  port.postMessage(encodeAnswers(message.number, hand.do(decodeJob(message))));
});
