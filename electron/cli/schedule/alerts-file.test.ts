import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { readAlertsFile } from './alerts-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'stillpoint-alerts-'));
afterAll(() => rmSync(folder, { recursive: true }));
const secret = 'tk_3f81f0ab';
const channel = { kind: 'ntfy', id: 'phone', enabled: true, server: 'https://ntfy.example', topic: 'backups' };

function file(text: string, mode = 0o600): string {
  const path = join(folder, 'alerts.json');
  rmSync(path, { force: true });
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
}

it('reads channels with their secrets', () => {
  expect(readAlertsFile(file(JSON.stringify([{ channel, secret }, { channel }])))).toEqual([
    { channel, secret },
    { channel, secret: null },
  ]);
});

it.each([0o640, 0o604, 0o660, 0o644])('refuses a file that others may touch: %o', (mode) => {
  expect(() => readAlertsFile(file('[]', mode))).toThrowError(
    expect.objectContaining({ kind: 'wrong-usage', field: '--alerts', guidance: expect.stringContaining('chmod 600') }),
  );
});

it.each([`[{"channel": {"kind": "pigeon"}, "secret": "${secret}"}]`, `{"secret": "${secret}"`, `"${secret}"`])(
  'never repeats what is in it',
  (text) => {
    try {
      readAlertsFile(file(text));
      expect.unreachable();
    } catch (error) {
      expect(error).toMatchObject({ kind: 'wrong-usage', field: '--alerts' });
      expect(JSON.stringify(error) + String(error)).not.toContain(secret);
    }
  },
);
