import { describe, expect, it } from 'vitest';
import { SeededRandom } from '../testing/seeded-random.ts';
import { compressBlob, decompressBlob } from './compression.ts';
import { irreduciblePolynomial, isIrreducible } from './irreducible-polynomial.ts';
import { decodeMasterKey, encodeMasterKey, generateMasterKey } from './master-key.ts';
import { calibrateCost, derivePasswordKey, testCost } from './password-key.ts';
import { clampR, Poly1305Aes } from './poly1305-aes.ts';
import { Sealer, sealOverhead } from './sealer.ts';

const bytes = (hex: string): Buffer => Buffer.from(hex.replaceAll(' ', ''), 'hex');

describe('Poly1305-AES', () => {
  /** Appendix B of "The Poly1305-AES message-authentication code". */
  it.each([
    {
      message: 'f3f6',
      r: '851fc40c3467ac0be05cc20404f3f700',
      k: 'ec074c835580741701425b623235add6',
      nonce: 'fb447350c4e868c52ac3275cf9d4327e',
      tag: 'f4c633c3044fc145f84f335cb81953de',
    },
    {
      message: '',
      r: 'a0f3080000f46400d0c7e9076c834403',
      k: '75deaa25c09f208e1dc4ce6b5cad3fbf',
      nonce: '61ee09218d29b0aaed7e154a2c5509cc',
      tag: 'dd3fab2251f11ac759f0887129cc2ee7',
    },
    {
      message: '663cea190ffb83d89593f3f476b6bc24 d7e679107ea26adb8caf6652d0656136',
      r: '48443d0bb0d21109c89a100b5ce2c208',
      k: '6acb5f61a7176dd320c5c1eb2edcdc74',
      nonce: 'ae212a55399729595dea458bc621ff0e',
      tag: '0ee1c16bb73f0f4fd19881753c01cdbe',
    },
    {
      message:
        'ab0812724a7f1e342742cbed374d94d1 36c6b8795d45b3819830f2c04491faf0 990c62e48b8018b2c3e4a0fa3134cb67 fa83e158c994d961c4cb21095c1bf9',
      r: '12976a08c4426d0ce8a82407c4f48207',
      k: 'e1a5668a4d5b66a5f68cc5424ed5982d',
      nonce: '9ae831e743978d3a23527c7128149e3a',
      tag: '5154ad0d2cb26e01274fc51148491f1b',
    },
  ])('gives the published tag of a message of $message', ({ message, r, k, nonce, tag }) => {
    const mac = new Poly1305Aes(bytes(k), bytes(r));
    const signed = Buffer.alloc(16);
    mac.sign(signed, bytes(message), bytes(nonce));
    expect(signed.toString('hex')).toBe(tag);
    expect(mac.verify(signed, bytes(message), bytes(nonce))).toBe(true);
    signed[3] = (signed[3] ?? 0) ^ 1;
    expect(mac.verify(signed, bytes(message), bytes(nonce))).toBe(false);
  });

  it('clamps r as the paper says', () => {
    const r = Buffer.alloc(16, 0xff);
    clampR(r);
    expect(r.toString('hex')).toBe('ffffff0ffcffff0ffcffff0ffcffff0f');
  });
});

describe('sealing', () => {
  const key = { encrypt: Buffer.alloc(32, 1), macK: Buffer.alloc(16, 2), macR: Buffer.alloc(16, 3) };

  it('opens what it sealed, of any length, and adds 32 bytes', () => {
    const sealer = new Sealer(key);
    for (const length of [0, 1, 15, 16, 17, 1000, 70_000]) {
      const plaintext = new SeededRandom(length + 1).bytes(length);
      const sealed = sealer.seal(plaintext);
      expect(sealed.length).toBe(length + sealOverhead);
      expect(sealer.open(sealed)?.equals(plaintext)).toBe(true);
    }
  });

  it('never uses a nonce twice', () => {
    const sealer = new Sealer(key);
    const nonces = new Set(Array.from({ length: 1000 }, () => sealer.seal(Buffer.alloc(1)).toString('hex', 0, 16)));
    expect(nonces.size).toBe(1000);
  });

  it('refuses anything changed, cut or sealed with another key', () => {
    const sealer = new Sealer(key);
    const sealed = sealer.seal(Buffer.from('a secret of some length'));
    for (let at = 0; at < sealed.length; at += 1) {
      const changed = Buffer.from(sealed);
      changed[at] = (changed[at] ?? 0) ^ 0x10;
      expect(sealer.open(changed), `byte ${at}`).toBeUndefined();
    }
    for (let length = 0; length < sealed.length; length += 1)
      expect(sealer.open(sealed.subarray(0, length))).toBeUndefined();
    expect(new Sealer({ ...key, macK: Buffer.alloc(16, 9) }).open(sealed)).toBeUndefined();
  });
});

describe('keys', () => {
  it('derives the published scrypt vector of RFC 7914', async () => {
    const key = await derivePasswordKey('pleaseletmein', Buffer.from('SodiumChloride'), { N: 16384, r: 8, p: 1 });
    expect(Buffer.concat([key.encrypt, key.macK, key.macR]).toString('hex')).toBe(
      '7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2' +
        'd5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887',
    );
  });

  it('accepts what other programs use and refuses what would only exhaust the machine', async () => {
    await expect(derivePasswordKey('x', Buffer.alloc(64), { N: 65536, r: 8, p: 1 })).resolves.toBeDefined();
    for (const cost of [
      { N: 2 ** 24, r: 8, p: 1 },
      { N: 32768, r: 8, p: 4096 },
      { N: 1000, r: 8, p: 1 },
      { N: 1, r: 8, p: 1 },
      { N: 1024, r: 0, p: 1 },
    ]) {
      await expect(derivePasswordKey('x', Buffer.alloc(64), cost)).rejects.toMatchObject({
        kind: 'unsupported-format',
      });
    }
  });

  it('calibrates within bounds on any machine', async () => {
    let clock = 0;
    const instant = await calibrateCost(() => clock);
    expect(instant).toEqual({ N: 32768, r: 8, p: 16 });
    const slow = await calibrateCost(() => (clock += 10_000));
    expect(slow).toEqual({ N: 32768, r: 8, p: 2 });
    expect(testCost.N * testCost.r * testCost.p).toBeLessThan(1000);
  });

  it('makes master keys that come back whole and are clamped', () => {
    const key = generateMasterKey();
    expect(decodeMasterKey(encodeMasterKey(key))).toEqual(key);
    const clamped = Buffer.from(key.macR);
    clampR(clamped);
    expect(clamped).toEqual(key.macR);
    expect(() => decodeMasterKey(Buffer.from('{"mac":{"k":"AAAA","r":"AAAA"},"encrypt":"AAAA"}'))).toThrow('length');
  });
});

describe('compression of blobs', () => {
  it('pays for text and not for noise', () => {
    const text = Buffer.from('all work and no play '.repeat(1000));
    const compressed = compressBlob(text);
    expect(compressed?.length).toBeLessThan(200);
    expect(compressed && decompressBlob(compressed, text.length)?.equals(text)).toBe(true);
    expect(compressBlob(new SeededRandom(5).bytes(10_000))).toBeUndefined();
    expect(compressBlob(Buffer.alloc(0))).toBeUndefined();
  });

  it('does not inflate beyond what was promised', () => {
    const bomb = compressBlob(Buffer.alloc(50_000_000));
    expect(bomb && decompressBlob(bomb, 1000)).toBeUndefined();
    expect(bomb && decompressBlob(bomb, 50_000_001)).toBeUndefined();
    expect(decompressBlob(Buffer.from('not zstd'), 10)).toBeUndefined();
  });
});

describe('irreducible polynomials', () => {
  it('knows the small ones', () => {
    const irreducible = [0b10n, 0b11n, 0b111n, 0b1011n, 0b1101n, 0b10011n, 0x11bn, 0x3da3358b4dc173n];
    const reducible = [0b1n, 0b101n, 0b110n, 0b1111n, 0b10101n, 0x101n];
    expect(irreducible.filter((f) => !isIrreducible(f))).toEqual([]);
    expect(reducible.filter(isIrreducible)).toEqual([]);
  });

  it('finds one of degree 53', () => {
    const random = new SeededRandom(6);
    const f = irreduciblePolynomial(() => random.bytes(8).readBigUInt64LE());
    expect(f.toString(2).length).toBe(54);
    expect(isIrreducible(f)).toBe(true);
  });
});
