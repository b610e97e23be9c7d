import { describe, expect, it } from 'vitest';
import { checkCode } from './code-rules.ts';
import { parseFile } from './syntax.ts';

function check(path: string, text: string): readonly string[] {
  return checkCode(parseFile({ path, text }));
}

describe('checkCode', () => {
  it('keeps the helper’s stdout for its protocol', () => {
    expect(check('electron/helper/x.ts', "\nconsole.log('hello');")).toEqual([
      'electron/helper/x.ts:2: console.log: the helper’s stdout is its protocol',
    ]);
    expect(check('electron/helper/x.ts', 'const say = console.info;')).toHaveLength(1);
    expect(check('electron/helper/x.ts', "console.error('hello');")).toEqual([]);
    expect(check('electron/helper/x.ts', "// console.log('hello');")).toEqual([]);
    expect(check('electron/helper/x.test.ts', "console.log('hello');")).toEqual([]);
    expect(check('electron/cli/x.ts', "console.log('hello');")).toEqual([]);
  });

  it('keeps clocks and randomness out of the format', () => {
    const path = 'electron/helper/repository/format/x.ts';
    for (const text of [
      'Date.now();',
      'new Date();',
      'Math.random();',
      'crypto.randomUUID();',
      'const now = Date.now;',
    ]) {
      expect(check(path, text)).toHaveLength(1);
    }
    expect(check(path, 'new Date(millis);')).toEqual([]);
    expect(check('electron/helper/repository/x.ts', 'Date.now();')).toEqual([]);
  });

  it('keeps the bridge to renderer/api', () => {
    expect(check('renderer/state/x.ts', 'window.stillpoint.runs.list();')).toHaveLength(1);
    expect(check('renderer/features/a/x.ts', 'globalThis.stillpoint;')).toHaveLength(1);
    expect(check('renderer/api/x.ts', 'window.stillpoint.runs.list();')).toEqual([]);
  });
});
