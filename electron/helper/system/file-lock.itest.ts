import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const counting = `
  import { readFileSync, writeFileSync } from 'node:fs';
  const { withFileLock } = await import(process.argv[1]);
  for (let n = 0; n < 200; n++)
    withFileLock(process.argv[2] + '.lock', () =>
      writeFileSync(process.argv[2], String(Number(readFileSync(process.argv[2], 'utf8')) + 1)));
`;

it('lets one process at a time do its work', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'stillpoint-lock-'));
  const counter = join(folder, 'counter');
  writeFileSync(counter, '0');
  const lock = fileURLToPath(new URL('./file-lock.ts', import.meta.url));
  const args = ['--no-warnings', '--input-type=module', '--eval', counting, lock, counter];
  const children = [1, 2, 3].map(() => spawn(process.execPath, args, { stdio: 'inherit' }));
  const codes = await Promise.all(
    children.map((child) => new Promise((resolve) => child.once('exit', (code) => resolve(code)))),
  );
  expect(codes).toEqual([0, 0, 0]);
  expect(readFileSync(counter, 'utf8')).toBe('600');
  rmSync(folder, { recursive: true });
});
