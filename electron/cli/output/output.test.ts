import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { runIdSchema } from '../../../shared/domain/ids.ts';
import type { Progress, RunEvent } from '../../../shared/domain/run.ts';
import { StillpointError } from '../../../shared/errors/index.ts';
import { obtainPassword } from '../password.ts';
import { humanOutput } from './human-output.ts';
import { jsonOutput } from './json-output.ts';
import { progressLine } from './progress-line.ts';
import { formatBytes, formatDuration } from './units.ts';

const runId = runIdSchema.parse('0'.repeat(32));
const progress: Progress = {
  files: 5,
  bytes: 512 * 1024,
  totalFiles: 10,
  totalBytes: 1024 * 1024,
  current: '/home/anna/letter.odt',
  bytesPerSecond: 1024,
  secondsLeft: 512,
};
const at = '2026-11-20T02:00:00.000Z';
const event: RunEvent = { type: 'progress', runId, at, phase: 'store', progress };

describe('units', () => {
  it('names sizes and times a person can read', () => {
    expect([0, 1023, 1024, 14_785_000, 5 * 1024 ** 4].map(formatBytes)).toEqual([
      '0 B',
      '1023 B',
      '1.00 KiB',
      '14.1 MiB',
      '5.00 TiB',
    ]);
    expect([11.84, 999, 5522, 200_000].map(formatDuration)).toEqual(['11.8 ms', '999 ms', '5.5 s', '3 min 20 s']);
  });
});

describe('progress line', () => {
  it('draws a bar of known totals and stays within the terminal', () => {
    const line = progressLine('store', progress, 200);
    expect(line).toContain('[##########..........]');
    expect(line).toContain('512.0 KiB of 1.00 MiB, 5/10 files');
    expect(progressLine('store', progress, 40).length).toBeLessThan(40);
  });

  it('draws no bar where the total is not known', () => {
    expect(progressLine('scan', { ...progress, totalBytes: null, totalFiles: null }, 200)).not.toContain('[');
  });
});

describe('output', () => {
  it('writes nothing but JSON lines for programs', () => {
    let text = '';
    const output = jsonOutput((piece) => {
      text += piece;
    });
    output.result({ type: 'result', outcome: 'done' }, 'Done.');
    output.runEvent(event);
    output.error(new StillpointError({ kind: 'bad-input', message: 'No.', guidance: 'Yes.', field: '--repo' }));
    const records = text
      .trim()
      .split('\n')
      .map((line): unknown => JSON.parse(line));
    expect(records).toMatchObject([{ type: 'result' }, { type: 'progress' }, { type: 'error', field: '--repo' }]);
  });

  it('rewrites a line only on a terminal, and never on standard output', () => {
    for (const columns of [80, null]) {
      let out = '';
      let err = '';
      const output = humanOutput({
        out: (piece) => {
          out += piece;
        },
        err: (piece) => {
          err += piece;
        },
        columns: () => columns,
      });
      output.runEvent(event);
      output.result({ type: 'result' }, 'Held still.');
      expect(out).toBe('Held still.\n');
      expect(err.includes('\r')).toBe(columns !== null);
    }
  });
});

describe('password', () => {
  const directory = mkdtempSync(join(tmpdir(), 'stillpoint-cli-'));
  afterAll(() => rmSync(directory, { recursive: true, force: true }));
  const file = (text: string): string => {
    const path = join(directory, `p${text.length}`);
    writeFileSync(path, text);
    return path;
  };

  it('is the file without its last newline, and nothing else is cut', async () => {
    expect(await obtainPassword({ passwordFiles: [file(' se cret \n')], ask: null }, 'Q')).toBe(' se cret ');
  });

  it.each([
    ['an empty file', () => file('\n')],
    ['a missing file', () => join(directory, 'none')],
    ['a file that is no password', () => file('x'.repeat(5000))],
    ['nobody to ask', () => undefined],
  ])('names the option with %s', async (_, path) => {
    const passwordFiles = [path()].filter((given) => given !== undefined);
    await expect(obtainPassword({ passwordFiles, ask: null }, 'Q')).rejects.toMatchObject({
      kind: 'wrong-usage',
      field: '--password-file',
    });
  });
});
