import { randomBytes } from 'node:crypto';
import { damaged } from '../failures.ts';
import { asObject, bytesField, parseObject } from '../format/fields.ts';
import { clampR } from './poly1305-aes.ts';
import type { SealKey } from './sealer.ts';

/** The repository's own keys: everything but key files is sealed with them. Never leaves memory in clear. */
export type MasterKey = SealKey;

export function generateMasterKey(): MasterKey {
  const macR = randomBytes(16);
  clampR(macR);
  return { encrypt: randomBytes(32), macK: randomBytes(16), macR };
}

/** The document inside a key file. The result is secret: seal it, then let it go. */
export function encodeMasterKey(key: MasterKey): Buffer {
  const base64 = (bytes: Buffer): string => bytes.toString('base64');
  return Buffer.from(
    JSON.stringify({ mac: { k: base64(key.macK), r: base64(key.macR) }, encrypt: base64(key.encrypt) }),
  );
}

export function decodeMasterKey(document: Buffer): MasterKey {
  const where = 'The master key';
  const object = parseObject(document.toString('utf8'), where);
  const mac = asObject(object.mac, where);
  const key = {
    encrypt: bytesField(object, 'encrypt', where),
    macK: bytesField(mac, 'k', where),
    macR: bytesField(mac, 'r', where),
  };
  if (key.encrypt.length !== 32 || key.macK.length !== 16 || key.macR.length !== 16) {
    throw damaged('The master key does not have the right length.');
  }
  return key;
}
