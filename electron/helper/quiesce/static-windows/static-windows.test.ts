import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type SourceId, sourceIdSchema } from '../../../../shared/domain/ids.ts';
import type { QuietLook } from '../../../../shared/domain/static-windows.ts';
import { scratchFolder } from '../testing/scratch-folder.ts';
import { StaticWindows } from './static-windows.ts';

const source = sourceIdSchema.parse('documents');
const start = Date.UTC(2026, 0, 5, 12);
const minute = 60_000;
const day = 24 * 60 * minute;

function look(afterMs: number, not: Partial<QuietLook> = {}): QuietLook {
  return { atMs: start + afterMs, awakeMs: afterMs, changes: 0, canBeWrittenUnseen: false, isDoubted: false, ...not };
}
const from = (fromMs: number, toMs: number) => ({ fromMs: start + fromMs, toMs: start + toMs });

describe('static windows of a source', () => {
  const inFolder = (test: (directory: string, path: string) => Promise<void>) => async (): Promise<void> => {
    using folder = scratchFolder('static-windows');
    const directory = join(folder.path, 'windows');
    await test(directory, join(directory, 'documents.jsonl'));
  };
  const open = (directory: string, nowMs = start + 10 * minute) => new StaticWindows({ directory, nowMs: () => nowMs });

  it(
    'survive the process that saw them, and nothing is claimed for the time between two',
    inFolder(async (directory, path) => {
      const first = open(directory);
      for (const at of [0, 1, 2]) first.look(source, look(at * minute));
      first.look(source, look(3 * minute, { changes: 2 }));
      first.look(source, look(4 * minute));
      await first.flush();
      expect(statSync(path).mode & 0o777).toBe(0o600);
      const second = open(directory);
      expect(second.quietForMs(source)).toBe(0);
      expect(await second.windowsOf(source)).toEqual([from(0, 2 * minute), from(3 * minute, 4 * minute)]);
      second.look(source, look(6 * minute));
      second.look(source, look(8 * minute));
      expect(await second.windowsOf(source)).toEqual([
        from(0, 2 * minute),
        from(3 * minute, 4 * minute),
        from(6 * minute, 8 * minute),
      ]);
      expect(second.quietForMs(source, start + 9 * minute)).toBe(2 * minute);
    }),
  );

  it(
    'one that goes on is written again and told once',
    inFolder(async (directory) => {
      const windows = open(directory);
      for (const at of [0, 1, 2, 3]) {
        windows.look(source, look(at * minute));
        await windows.flush();
      }
      windows.forget(source);
      await windows.flush();
      expect(await open(directory).windowsOf(source)).toEqual([from(0, 3 * minute)]);
      expect(windows.quietForMs(source)).toBe(0);
    }),
  );

  it(
    'a line that was cut off is dropped, and does not take the next with it',
    inFolder(async (directory, path) => {
      const first = open(directory);
      first.look(source, look(0));
      first.look(source, look(minute));
      await first.flush();
      appendFileSync(path, readFileSync(path, 'utf8').slice(0, 40));
      const second = open(directory);
      second.look(source, look(3 * minute));
      second.look(source, look(4 * minute));
      await second.flush();
      expect(await open(directory).windowsOf(source)).toEqual([from(0, minute), from(3 * minute, 4 * minute)]);
    }),
  );

  it(
    'what is no record is passed over',
    inFolder(async (directory, path) => {
      const windows = open(directory);
      windows.look(source, look(0));
      windows.look(source, look(minute));
      await windows.flush();
      const good = readFileSync(path, 'utf8');
      const backwards = { v: 1, kind: 'quiet', from: '2026-01-05T12:09:00.000Z', to: '2026-01-05T12:08:00.000Z' };
      const bad = [
        '\u0000\u0000',
        '{}',
        '[1]',
        '{"v":1,"kind":"quiet","from":"yesterday","to":"today"}',
        JSON.stringify(backwards),
      ];
      writeFileSync(path, `${bad.join('\n')}\n${good}\n\n${bad.join('\n')}\n`);
      expect(await open(directory).windowsOf(source)).toEqual([from(0, minute)]);
      writeFileSync(path, Buffer.from([0xff, 0xfe, 0x0a, 0x80]));
      expect(await open(directory).windowsOf(source)).toEqual([]);
    }),
  );

  it(
    'those older than 60 days are forgotten, and the file stays small; lines of a later version stay',
    inFolder(async (directory, path) => {
      let nowMs = start;
      const windows = new StaticWindows({ directory, nowMs: () => nowMs });
      const later = '{"v":2,"kind":"calm"}';
      windows.look(source, look(0));
      windows.look(source, look(minute));
      await windows.flush();
      appendFileSync(path, `${later}\n`);
      const again = new StaticWindows({ directory, nowMs: () => nowMs });
      for (let round = 0; round < 90; round += 1) {
        nowMs = start + round * day;
        for (let step = 0; step < 8; step += 1) {
          again.look(source, look(round * day + step * minute));
          await again.flush();
        }
      }
      const kept = await again.windowsOf(source);
      expect(kept).toHaveLength(61);
      expect(kept[0]?.fromMs).toBe(start + 29 * day);
      const text = readFileSync(path, 'utf8');
      expect(text.split('\n').length).toBeLessThan(1000);
      expect(text).toContain(later);
      expect(existsSync(`${path}.new`)).toBe(false);
      expect(await new StaticWindows({ directory, nowMs: () => nowMs }).windowsOf(source)).toEqual(kept);
    }),
  );

  it(
    'what could not be written is tried again',
    inFolder(async (directory, path) => {
      const windows = open(directory);
      windows.look(source, look(0));
      windows.look(source, look(minute));
      windows.look(source, look(2 * minute, { isDoubted: true }));
      writeFileSync(directory, 'in the way');
      await expect(windows.flush()).rejects.toMatchObject({ code: 'EEXIST' });
      rmSync(directory);
      await windows.flush();
      expect(readFileSync(path, 'utf8')).toContain('"quiet"');
      expect(await open(directory).windowsOf(source)).toEqual([from(0, minute)]);
    }),
  );

  it(
    'links are not followed, and an id is no path',
    inFolder(async (directory, path) => {
      const windows = open(directory);
      await windows.flush();
      mkdirSync(directory);
      symlinkSync('/etc/passwd', path);
      await expect(windows.windowsOf(source)).rejects.toMatchObject({ code: 'ELOOP' });
      expect(() => windows.look('../escape' as SourceId, look(0))).toThrow();
    }),
  );

  it(
    'time that was watched is told beside time that was quiet, and what was not seen is neither',
    inFolder(async (directory) => {
      const windows = open(directory, start + 21 * day);
      for (const after of [0, day]) {
        for (let step = 0; step <= 60; step += 1) {
          windows.look(source, look(after + step * minute, { changes: step > 30 ? 1 : 0 }));
        }
        windows.forget(source);
      }
      expect(await windows.watchedOf(source)).toEqual([from(0, 60 * minute), from(day, day + 60 * minute)]);
      expect(await windows.windowsOf(source)).toEqual([from(0, 30 * minute), from(day, day + 30 * minute)]);
    }),
  );
});
