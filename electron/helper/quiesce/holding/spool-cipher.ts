import { type Cipheriv, createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const algorithm = 'aes-256-ctr';
const blockBytes = 16;

/** A key that exists in this process only and is never stored: what is left on a disk is noise when it ends. */
export class SpoolCipher {
  readonly #key = randomBytes(32);
  readonly #encryptor: Cipheriv = createCipheriv(algorithm, this.#key, counterAt(0));

  /** Encrypts the next bytes of the one stream there is. */
  encryptNext(bytes: Uint8Array): Buffer {
    return this.#encryptor.update(bytes);
  }

  /** Decrypts bytes that were encrypted at this position of the stream. */
  decryptAt(position: number, bytes: Uint8Array): Buffer {
    const decryptor = createDecipheriv(algorithm, this.#key, counterAt(Math.floor(position / blockBytes)));
    decryptor.update(Buffer.alloc(position % blockBytes));
    return decryptor.update(bytes);
  }
}

/** CTR counts blocks of 16 bytes, big-endian. One key per spool, so it may begin at zero. */
function counterAt(block: number): Buffer {
  const counter = Buffer.alloc(blockBytes);
  counter.writeBigUInt64BE(BigInt(block), 8);
  return counter;
}
