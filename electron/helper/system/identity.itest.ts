import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { processAbilities } from './capabilities.ts';
import { identityFileOps } from './file-ops.ts';
import { asIdentity, type Identity } from './identity.ts';
import { getXattr, setXattr } from './xattr.ts';

const missing = processAbilities().canActForOthers ? undefined : 'needs root (CAP_SETUID, CAP_SETGID)';
const somebody: Identity = { uid: 4321, gid: 8765, groups: [1111, 2222] };
const credentials = (status: string): string[] =>
  ['Uid', 'Gid', 'Groups', 'CapEff', 'CapPrm'].map((name) => new RegExp(`^${name}:.*$`, 'm').exec(status)?.[0] ?? '');
/** Of this thread, not of the process: /proc/self is the main thread's. */
const own = (): string[] => credentials(readFileSync('/proc/thread-self/status', 'latin1'));

describe.skipIf(missing !== undefined)(`asIdentity${missing === undefined ? '' : ` (${missing})`}`, () => {
  let directory: string;
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'stillpoint-identity-'));
    chmodSync(directory, 0o777);
    writeFileSync(join(directory, 'roots'), 'secret', { mode: 0o600 });
  });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));
  const at = (name: string): string => join(directory, name);

  test('files are created with that owner and group', () => {
    asIdentity(somebody, () => writeFileSync(at('made'), 'x'));
    expect(statSync(at('made'))).toMatchObject({ uid: 4321, gid: 8765 });
    writeFileSync(at('roots-own'), 'x');
    expect(statSync(at('roots-own'))).toMatchObject({ uid: 0, gid: 0 });
  });

  test('a root-only file cannot be read inside, and can outside', () => {
    expect(() => asIdentity(somebody, () => readFileSync(at('roots')))).toThrow(/EACCES/);
    expect(readFileSync(at('roots'), 'utf8')).toBe('secret');
  });

  test('supplementary groups give what they give, and root’s groups give nothing', () => {
    mkdirSync(at('group'));
    writeFileSync(at('group/file'), 'shared', { mode: 0o640 });
    for (const path of ['group', 'group/file']) {
      const { status } = spawnSync('chgrp', ['2222', at(path)]);
      expect(status).toBe(0);
    }
    chmodSync(at('group'), 0o750);
    expect(asIdentity(somebody, () => readFileSync(at('group/file'), 'utf8'))).toBe('shared');
    expect(() => asIdentity({ ...somebody, groups: [] }, () => readFileSync(at('group/file')))).toThrow(/EACCES/);
    writeFileSync(at('root-group'), 'x', { mode: 0o640 });
    expect(() => asIdentity(somebody, () => readFileSync(at('root-group')))).toThrow(/EACCES/);
  });

  test('no capability of root is left inside: neither trusted attributes nor file capabilities nor ownership', () => {
    const inside = asIdentity(somebody, own);
    expect(inside).toContain('CapEff:\t0000000000000000');
    asIdentity(somebody, () => writeFileSync(at('plain'), 'x'));
    const tryAll = [
      () => setXattr(at('plain'), 'trusted.stillpoint', Buffer.from('x')),
      () => setXattr(at('plain'), 'security.capability', Buffer.alloc(20)),
      () => chmodSync(at('roots'), 0o666),
      () => identityFileOps(somebody).lchownSync(at('plain'), 0, 0),
      () => identityFileOps(somebody).makeSpecialFile(at('node'), 'character-device', 0o666, 0x103n),
    ];
    for (const attempt of tryAll) expect(() => asIdentity(somebody, attempt)).toThrow(/EPERM|EACCES|EINVAL/);
    expect(getXattr(at('plain'), 'trusted.stillpoint')).toBeUndefined();
  });

  test('everything is as before afterwards, also after an error', () => {
    const before = own();
    expect(asIdentity(somebody, own)).not.toEqual(before);
    expect(own()).toEqual(before);
    expect(() =>
      asIdentity(somebody, () => {
        throw new Error('inside');
      }),
    ).toThrow('inside');
    expect(own()).toEqual(before);
  });

  test('other threads are not affected, not even while it lasts', async () => {
    const others = asIdentity(somebody, () => {
      const pending = [readFile(at('roots'), 'utf8'), writeFile(at('by-the-pool'), 'x')] as const;
      // Long enough for the pool's threads to have done both while this thread is somebody else.
      const until = performance.now() + 100;
      while (performance.now() < until) expect(() => readFileSync(at('roots'))).toThrow(/EACCES/);
      return pending;
    });
    expect(await others[0]).toBe('secret');
    await others[1];
    expect(await stat(at('by-the-pool'))).toMatchObject({ uid: 0, gid: 0 });
  });

  test('a pool started for the first time inside is root’s all the same', () => {
    const module = fileURLToPath(new URL('./identity.ts', import.meta.url));
    const program = `
      import { asIdentity } from ${JSON.stringify(module)};
      import { readFile, readFileSync } from 'node:fs';
      asIdentity({ uid: 4321, gid: 8765, groups: [] }, () => {
        readFile(${JSON.stringify(at('roots'))}, 'utf8', (error, text) => process.stdout.write(error?.code ?? text));
      });`;
    const { stdout, stderr } = spawnSync(process.execPath, ['--no-warnings', '--input-type=module', '-e', program], {
      encoding: 'utf8',
    });
    expect({ stdout, stderr }).toEqual({ stdout: 'secret', stderr: '' });
  });

  test('the same identity may be nested, another may not, and a promise is refused', () => {
    expect(asIdentity(somebody, () => asIdentity({ ...somebody }, () => 'inner'))).toBe('inner');
    expect(() => asIdentity(somebody, () => asIdentity({ ...somebody, uid: 1 }, () => 0))).toThrow(/nested/);
    expect(() => asIdentity(somebody, async () => 0)).toThrow(TypeError);
    expect(own()).toContain('Uid:\t0\t0\t0\t0');
  });

  test('a process that cannot go back aborts', () => {
    const module = fileURLToPath(new URL('./identity.ts', import.meta.url));
    // Inside, the thread gives up the right for good that it needs to get its groups back.
    const program = `
      import koffi from 'koffi';
      import { asIdentity } from ${JSON.stringify(module)};
      const capset = koffi.load('libc.so.6').func('long syscall(long, void *, void *)');
      const header = Buffer.alloc(8);
      header.writeUInt32LE(0x20080522, 0);
      asIdentity({ uid: 4321, gid: 8765, groups: [] }, () => capset(${process.arch === 'x64' ? 126 : 91}, header, Buffer.alloc(24)));
      process.stdout.write('went on');`;
    const { signal, stdout } = spawnSync(process.execPath, ['--no-warnings', '--input-type=module', '-e', program], {
      encoding: 'utf8',
      cwd: fileURLToPath(new URL('.', import.meta.url)),
    });
    expect({ signal, stdout }).toEqual({ signal: 'SIGABRT', stdout: '' });
  });

  test('file calls in somebody’s name', () => {
    const ops = identityFileOps(somebody);
    ops.mkdirSync(at('tree'), 0o700);
    const fd = ops.openSync(at('tree/file'), 0o102 /* O_RDWR | O_CREAT */, 0o600);
    ops.writeAllSync(fd, Buffer.from('content'), 0);
    ops.fsyncSync(fd);
    ops.closeSync(fd);
    ops.symlinkSync('file', at('tree/link'));
    ops.renameSync(at('tree/file'), at('tree/renamed'));
    for (const name of ['tree', 'tree/renamed', 'tree/link'])
      expect(ops.lstatSync(at(name))).toMatchObject({ uid: 4321n, gid: 8765n });
    expect(ops.run(() => readFileSync(at('tree/renamed'), 'utf8'))).toBe('content');
    expect(ops.lstatIfThere(at('tree/file'))).toBeUndefined();
    expect(() => identityFileOps({ uid: 1, gid: 1, groups: [] }).readdirSync(at('tree'))).toThrow(/EACCES/);
  });
});
