import { type Cipheriv, createCipheriv } from 'node:crypto';
import sodium from 'sodium-native';

export const macLength = 16;
export const nonceLength = 16;

/**
 * Poly1305-AES (D. J. Bernstein, https://cr.yp.to/mac/poly1305-20050329.pdf): Poly1305 with the one-time key
 * r || AES-128_k(nonce). `r` is clamped by Poly1305 itself; a nonce must never be used twice with one key.
 */
export class Poly1305Aes {
  /** ECB keeps no state between blocks, so one cipher serves every nonce. */
  readonly #aes: Cipheriv;
  readonly #oneTimeKey = Buffer.alloc(32);

  /** Both keys are 16 bytes. */
  constructor(k: Uint8Array, r: Uint8Array) {
    this.#aes = createCipheriv('aes-128-ecb', k, null).setAutoPadding(false);
    this.#oneTimeKey.set(r, 0);
  }

  /** Writes the tag of `message` into `tag`, both views of any memory. */
  sign(tag: Buffer, message: Buffer, nonce: Uint8Array): void {
    sodium.crypto_onetimeauth(tag, message, this.#keyFor(nonce));
  }

  /** Compares in constant time. */
  verify(tag: Buffer, message: Buffer, nonce: Uint8Array): boolean {
    return sodium.crypto_onetimeauth_verify(tag, message, this.#keyFor(nonce));
  }

  #keyFor(nonce: Uint8Array): Buffer {
    this.#oneTimeKey.set(this.#aes.update(nonce), 16);
    return this.#oneTimeKey;
  }
}

/** Clears the bits of `r` that Poly1305 ignores; stored keys carry `r` in this form. Changes `r` in place. */
export function clampR(r: Uint8Array): void {
  for (const index of [3, 7, 11, 15]) r[index] = (r[index] ?? 0) & 0x0f;
  for (const index of [4, 8, 12]) r[index] = (r[index] ?? 0) & 0xfc;
}
