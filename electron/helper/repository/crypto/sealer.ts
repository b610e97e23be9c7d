import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject, randomFillSync } from 'node:crypto';
import { macLength, nonceLength, Poly1305Aes } from './poly1305-aes.ts';

/** What sealing adds to a plaintext, in bytes: nonce before, tag after. */
export const sealOverhead = nonceLength + macLength;

/** Encrypted at a time. */
const sliceLength = 256 * 1024;
/** Decrypted at a time: memory of this length is used again as soon as it is let go of, longer memory goes back to the system. */
const openedAtATime = 64 * 1024;

/** Asked of the system at a time: for a small blob the call would cost as much as its encryption. */
const randomAtATime = 4096;

/** Two independent keys for one purpose: 32 bytes for AES-256-CTR, 16 + 16 for Poly1305-AES. */
export interface SealKey {
  readonly encrypt: Buffer;
  readonly macK: Buffer;
  readonly macR: Buffer;
}

/** Encrypts and authenticates: nonce || AES-256-CTR ciphertext || Poly1305-AES tag of the ciphertext. */
export class Sealer {
  /** Bytes would be looked at and copied anew for each blob, which costs more than encrypting a small one. */
  readonly #key: KeyObject;
  readonly #mac: Poly1305Aes;
  readonly #fillRandom: (target: Buffer) => void;

  /** `fillRandom` must be cryptographically strong; it is a parameter for test vectors only. */
  constructor(key: SealKey, fillRandom: (target: Buffer) => void = newRandomFill()) {
    this.#key = createSecretKey(key.encrypt);
    this.#mac = new Poly1305Aes(key.macK, key.macR);
    this.#fillRandom = fillRandom;
  }

  seal(plaintext: Uint8Array): Buffer {
    const sealed = Buffer.allocUnsafe(plaintext.length + sealOverhead);
    this.sealInto(sealed, 0, plaintext);
    return sealed;
  }

  /** Seals into `target` at `offset`, where `plaintext.length + sealOverhead` bytes must be free. */
  sealInto(target: Buffer, offset: number, plaintext: Uint8Array): void {
    const nonce = target.subarray(offset, offset + nonceLength);
    this.#fillRandom(nonce);
    const end = offset + nonceLength + plaintext.length;
    const ciphertext = target.subarray(offset + nonceLength, end);
    this.#encrypt(plaintext, ciphertext, nonce);
    this.#mac.sign(target.subarray(end, end + macLength), ciphertext, nonce);
  }

  /**
   * Seals into `target` at `offset` what `make` writes there, or `plaintext` where it makes nothing. `make` gets the place
   * and answers how many bytes it wrote; that many, and `sealOverhead`, are used. What it answered is answered.
   */
  sealAt(
    target: Buffer,
    offset: number,
    plaintext: Uint8Array,
    make: (target: Buffer, offset: number) => number | undefined,
  ): number | undefined {
    const at = offset + nonceLength;
    const made = make(target, at);
    if (made === undefined) {
      this.sealInto(target, offset, plaintext);
      return undefined;
    }
    const nonce = target.subarray(offset, at);
    this.#fillRandom(nonce);
    const bytes = target.subarray(at, at + made);
    this.#encrypt(bytes, bytes, nonce);
    this.#mac.sign(target.subarray(at + made, at + made + macLength), bytes, nonce);
    return made;
  }

  /** In slices: each is still in the processor's own memory when it is put into place. */
  #encrypt(plaintext: Uint8Array, into: Buffer, nonce: Uint8Array): void {
    if (plaintext.length === 0) return;
    const cipher = createCipheriv('aes-256-ctr', this.#key, nonce);
    for (let at = 0; at < plaintext.length; at += sliceLength)
      into.set(cipher.update(plaintext.subarray(at, at + sliceLength)), at);
  }

  /** The plaintext, or undefined when the bytes were not sealed with this key or were changed since. */
  open(sealed: Buffer): Buffer | undefined {
    if (sealed.length < sealOverhead) return undefined;
    const nonce = sealed.subarray(0, nonceLength);
    const ciphertext = sealed.subarray(nonceLength, sealed.length - macLength);
    if (!this.#mac.verify(sealed.subarray(sealed.length - macLength), ciphertext, nonce)) return undefined;
    return createDecipheriv('aes-256-ctr', this.#key, nonce).update(ciphertext);
  }

  /** The same, written to the start of `target`, which must hold it: how long it is. For who opens one blob after the other. */
  openInto(sealed: Buffer, target: Buffer): number | undefined {
    if (sealed.length < sealOverhead) return undefined;
    const nonce = sealed.subarray(0, nonceLength);
    const ciphertext = sealed.subarray(nonceLength, sealed.length - macLength);
    if (!this.#mac.verify(sealed.subarray(sealed.length - macLength), ciphertext, nonce)) return undefined;
    const decipher = createDecipheriv('aes-256-ctr', this.#key, nonce);
    for (let at = 0; at < ciphertext.length; at += openedAtATime) {
      const part = decipher.update(ciphertext.subarray(at, at + openedAtATime));
      target.set(part, at);
      letGo(part);
    }
    return ciphertext.length;
  }
}

/** Its memory is free at once. The collector would come for it later, and the next part would lie in memory never used before. */
function letGo({ buffer, byteLength }: Buffer): void {
  if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) buffer.transfer(0);
}

/** Random bytes, each given out once and forgotten. For nonces, which are no secret: what is still to be given out is in memory. */
function newRandomFill(): (target: Buffer) => void {
  const pool = Buffer.alloc(randomAtATime);
  let used = pool.length;
  return (target) => {
    if (used + target.length > pool.length) {
      randomFillSync(pool);
      used = 0;
    }
    target.set(pool.subarray(used, used + target.length));
    used += target.length;
  };
}
