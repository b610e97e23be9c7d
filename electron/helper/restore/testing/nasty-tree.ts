import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  closeSync,
  linkSync,
  mkdirSync,
  openSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { makeSpecialFile, setTimes } from '../../system/special-files.ts';
import { setXattr } from '../../system/xattr.ts';

/** Names that are hard on whoever takes them for text. */
const oddNames = [
  Buffer.from('plain'),
  Buffer.from('with "quotes" and \\backslash'),
  Buffer.from('line\nbreak\ttab'),
  Buffer.from([0xff, 0xfe, 0x80]),
  Buffer.from('ünïcödé 静止点'),
  Buffer.from('no\u00a0break\u2028'),
  Buffer.from(' '),
  Buffer.from('-rf'),
  Buffer.from('...'),
  Buffer.from('x'.repeat(255)),
];

/** A folder with everything an ext4 can hold. Needs root, and an ACL tool. */
export function makeNastyTree(root: string): void {
  const at = (name: string | Buffer): Buffer => Buffer.concat([Buffer.from(`${root}/`), Buffer.from(name as string)]);
  mkdirSync(root, { recursive: true });
  mkdirSync(at('names'));
  for (const [index, name] of oddNames.entries()) {
    writeFileSync(Buffer.concat([at('names/'), name]), `content ${index}`);
  }
  mkdirSync(Buffer.concat([at('names/'), Buffer.from([0x64, 0xff])]));
  writeFileSync(Buffer.concat([at('names/'), Buffer.from([0x64, 0xff]), Buffer.from('/inside')]), 'inside');

  writeFileSync(at('empty'), '');
  writeFileSync(at('one byte'), 'x');
  writeFileSync(at('large'), Buffer.alloc(3_000_000, 'not so random '));
  makeSparse(at('sparse'));
  truncateSync(write(at('all hole'), ''), 40 * 1024 * 1024);

  writeFileSync(at('linked-1'), 'linked');
  mkdirSync(at('links'));
  linkSync(at('linked-1'), at('links/linked-2'));
  linkSync(at('linked-1'), at('zz-linked-3'));
  symlinkSync('no such thing', at('link-1'));
  linkSync(at('link-1'), at('links/link-2'));
  symlinkSync(Buffer.from([0x2f, 0x74, 0xff]), at('odd link'));
  symlinkSync('../names', at('links/to-folder'));

  chmodSync(write(at('setuid'), '#!'), 0o4755);
  chmodSync(write(at('setgid'), '#!'), 0o2755);
  chmodSync(write(at('nobody may'), 'secret'), 0o000);
  chownSync(write(at('owned'), 'x'), 12345, 54321);
  chmodSync(at('owned'), 0o640);
  chownSync(write(at('owned setuid'), 'x'), 12345, 54321);
  chmodSync(at('owned setuid'), 0o6711);
  mkdirSync(at('sticky'));
  chmodSync(at('sticky'), 0o1777);
  mkdirSync(at('closed'));
  writeFileSync(at('closed/inside'), 'inside');
  chmodSync(at('closed'), 0o000);
  mkdirSync(at('empty folder'));

  makeSpecialFile(at('fifo'), 'fifo', 0o640);
  makeSpecialFile(at('socket'), 'socket', 0o700);
  makeSpecialFile(at('null'), 'character-device', 0o666, 0x103n);
  makeSpecialFile(at('disk'), 'block-device', 0o660, 0x700n);

  setXattr(write(at('attributes'), 'x'), 'user.binary', Buffer.from([0, 1, 254, 255]));
  setXattr(at('attributes'), 'user.empty', Buffer.alloc(0));
  setXattr(at('attributes'), 'trusted.stillpoint', Buffer.from('t'));
  setXattr(
    write(at('capable'), 'x'),
    'security.capability',
    Buffer.from('0100000200040000000000000000000000000000', 'hex'),
  );
  setXattr(at('empty folder'), 'user.folder', Buffer.from('f'));
  execFileSync('setfacl', ['-m', 'u:12345:rwx,g:54321:r--', write(at('acl'), 'x').toString()]);
  execFileSync('setfacl', ['-m', 'u:12345:r-x', '-d', '-m', 'u:777:rwx', at('sticky').toString()]);
  writeFileSync(at('sticky/inherits'), 'x');

  const start = 1_500_000_000_123_456_789n;
  for (const [index, name] of [
    'one byte',
    'large',
    'fifo',
    'null',
    'link-1',
    'odd link',
    'empty folder',
    'names',
    'closed',
  ].entries()) {
    const time = start + BigInt(index) * 1_000_000_007n;
    setTimes(at(name), time, time);
  }
  setTimes(at('empty'), -1_000_000_001n, -1_000_000_001n);
  setTimes(root, start, start);
}

function write(path: Buffer, content: string): Buffer {
  writeFileSync(path, content);
  return path;
}

function makeSparse(path: Buffer): void {
  const fd = openSync(path, 'w');
  try {
    writeSync(fd, Buffer.from('start'), 0, 5, 0);
    writeSync(fd, Buffer.from('middle'), 0, 6, 10_000_000);
    writeSync(fd, Buffer.alloc(100_000, 7), 0, 100_000, 20_000_001);
  } finally {
    closeSync(fd);
  }
  truncateSync(path, 30_000_003);
}
