import { randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { sha256 } from '../../repository/crypto/hash.ts';
import { shortestWitnessed, Witness } from './witness.ts';

const key = randomBytes(32);

it('is the same for the same content, and for none that differs by a bit, a byte more or a byte less', () => {
  const witness = new Witness(key);
  const content = randomBytes(shortestWitnessed + 1000);
  const id = sha256(content);
  const taken = witness.of(content, id);
  expect(taken).toHaveLength(16);
  expect(new Witness(key).of(Buffer.from(content), id)).toBe(taken);
  for (const at of [0, 15, 16, shortestWitnessed, content.length - 1]) {
    const changed = Buffer.from(content);
    changed[at] = (changed[at] ?? 0) ^ 4;
    expect(witness.of(changed, id), String(at)).not.toBe(taken);
  }
  expect(witness.of(content.subarray(1), id)).not.toBe(taken);
  expect(witness.of(Buffer.concat([content, Buffer.alloc(1)]), id)).not.toBe(taken);
});

it('says nothing to who has another key, and of another content', () => {
  const content = randomBytes(shortestWitnessed);
  const id = sha256(content);
  const taken = new Witness(key).of(content, id);
  expect(new Witness(randomBytes(32)).of(content, id)).not.toBe(taken);
  expect(new Witness(key).of(content, sha256(Buffer.from('another')))).not.toBe(taken);
});

it('is not taken of what is hashed as fast', () => {
  const content = randomBytes(shortestWitnessed - 1);
  expect(new Witness(key).of(content, sha256(content))).toBeNull();
});
