import { readFileSync } from 'node:fs';
import { expect, test } from '../harness/test.ts';

/** A line of /proc/PID/status. Source: proc_pid_status(5). */
function statusOf(pid: number, field: string): string {
  const line = readFileSync(`/proc/${pid}/status`, 'utf8')
    .split('\n')
    .find((each) => each.startsWith(`${field}:`));
  return line?.slice(field.length + 1).trim() ?? '';
}

test('the window runs in Chromium’s sandbox, without root and without Node', async ({ world, start }) => {
  const { app, page, pid } = await start();
  const renderer = await app.evaluate(({ BrowserWindow }) =>
    BrowserWindow.getAllWindows().map((window) => window.webContents.getOSProcessId()),
  );
  expect(renderer).toHaveLength(1);
  for (const each of [pid, ...renderer]) {
    expect(readFileSync(`/proc/${each}/cmdline`, 'utf8')).not.toContain('--no-sandbox');
    expect(statusOf(each, 'Uid').split('\t')).toEqual(Array(4).fill(String(world.user.uid)));
    expect(world.user.uid).not.toBe(0);
  }
  // 2: only the system calls of its filter.
  for (const each of renderer) expect(statusOf(each, 'Seccomp')).toBe('2');
  const found = await page.evaluate(() => ({
    require: typeof Reflect.get(globalThis, 'require'),
    process: typeof Reflect.get(globalThis, 'process'),
    bridge: Object.keys(Reflect.get(globalThis, 'stillpoint') as object).length > 0,
    opened: window.open('https://example.org') === null,
  }));
  expect(found).toEqual({ require: 'undefined', process: 'undefined', bridge: true, opened: true });
  // In a turn of the page's own: what the debugger evaluates no policy binds.
  const refused = await page.evaluate(
    () =>
      new Promise<string>((resolve) => {
        setTimeout(() => {
          try {
            resolve(String(Reflect.get(globalThis, 'eval')('1 + 1')));
          } catch (error) {
            resolve(error instanceof Error ? error.name : 'not an error');
          }
        });
      }),
  );
  expect(refused).toBe('EvalError');
});
