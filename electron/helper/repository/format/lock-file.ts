import { booleanField, optionalStringField, parseObject, uint32Field } from './fields.ts';
import { encodeJson } from './json.ts';
import { decodeTime, encodeTime } from './times.ts';

export interface LockFile {
  /** When the lock was taken or last refreshed. */
  readonly timeNs: bigint;
  readonly exclusive: boolean;
  readonly hostname: string;
  readonly username: string;
  readonly pid: number;
  readonly uid: number;
  readonly gid: number;
}

export function encodeLockFile(lock: LockFile): string {
  return encodeJson({
    time: encodeTime(lock.timeNs),
    exclusive: lock.exclusive,
    hostname: lock.hostname,
    username: lock.username,
    pid: lock.pid,
    uid: lock.uid,
    gid: lock.gid,
  });
}

export function decodeLockFile(text: string): LockFile {
  const where = 'A lock file';
  const object = parseObject(text, where);
  return {
    timeNs: decodeTime(object.time, `${where}, time,`),
    exclusive: booleanField(object, 'exclusive', where),
    hostname: optionalStringField(object, 'hostname', where) ?? '',
    username: optionalStringField(object, 'username', where) ?? '',
    pid: uint32Field(object, 'pid', where),
    uid: uint32Field(object, 'uid', where),
    gid: uint32Field(object, 'gid', where),
  };
}
