import { unsupported } from '../failures.ts';
import { bytesField, optionalStringField, parseObject, stringField, uint32Field } from './fields.ts';
import { encodeJson } from './json.ts';
import { decodeTime, encodeTime } from './times.ts';

/** Cost of scrypt, as its paper names them: CPU and memory cost, block size, parallelisation. */
export interface ScryptCost {
  readonly N: number;
  readonly r: number;
  readonly p: number;
}

/** A key file: the master key, sealed with a key derived from one password. Everything but `data` is for information. */
export interface KeyFile {
  readonly hostname: string;
  readonly username: string;
  readonly createdNs: bigint;
  readonly cost: ScryptCost;
  readonly salt: Buffer;
  readonly data: Buffer;
}

export function encodeKeyFile(key: KeyFile): string {
  return encodeJson({
    created: encodeTime(key.createdNs),
    username: key.username,
    hostname: key.hostname,
    kdf: 'scrypt',
    ...key.cost,
    salt: key.salt.toString('base64'),
    data: key.data.toString('base64'),
  });
}

export function decodeKeyFile(text: string): KeyFile {
  const where = 'A key file';
  const object = parseObject(text, where);
  const kdf = stringField(object, 'kdf', where);
  if (kdf !== 'scrypt')
    throw unsupported(`A key of this repository uses the unknown key derivation "${kdf.slice(0, 40)}".`);
  return {
    hostname: optionalStringField(object, 'hostname', where) ?? '',
    username: optionalStringField(object, 'username', where) ?? '',
    createdNs: decodeTime(object.created, `${where}, creation time,`),
    cost: {
      N: uint32Field(object, 'N', where),
      r: uint32Field(object, 'r', where),
      p: uint32Field(object, 'p', where),
    },
    salt: bytesField(object, 'salt', where),
    data: bytesField(object, 'data', where),
  };
}
