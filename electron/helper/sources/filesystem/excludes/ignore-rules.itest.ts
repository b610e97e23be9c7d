import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { IgnoreRules } from './ignore-rules.ts';
import { key, leavesOut, type Place } from './testing/ask-rules.ts';

/** Numbers from a seed, so that a failure can be seen again. */
function randomFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const git = spawnSync('git', ['--version']).status === 0;

describe.skipIf(!git)(git ? 'judged by git' : 'git is not installed', () => {
  const names = [
    'a',
    'b',
    'ab',
    'a.o',
    'b.txt',
    '.c',
    'A',
    '#d',
    '!e',
    'f g',
    'é',
    'x\xff',
    '[h]',
    'i*',
    'a-b',
    '\\j',
    '1',
  ];
  const tokens = [
    ...['a', 'b', 'ab', '.o', '.txt', '.c', 'A', '#d', '!e', 'f g', 'é', '1', '-'],
    ...[
      '*',
      '*',
      '?',
      '**',
      '/',
      '/',
      '/',
      '[ab]',
      '[!a]',
      '[a-c]',
      '[[:alpha:]]',
      '\\*',
      '\\[',
      '\\!',
      '\\ ',
      ' ',
      '\t',
    ],
    ...['[', ']', '[]-]', '\\', '{a,b}', '+', '(', ')', '$', '^', '.', '[^b]', '[[:digit:][:upper:]]', 'x', '\\\\'],
  ];

  function randomLine(random: (below: number) => number): string {
    let line = '';
    if (random(5) === 0) line += '!';
    if (random(5) === 0) line += '/';
    for (let length = 1 + random(4); length > 0; length -= 1) line += tokens[random(tokens.length)] ?? '';
    if (random(5) === 0) line += '/';
    return line;
  }

  const fewNames = ['a', 'b', 'ab', 'aab', 'abab'];
  /** Many `**` and many `*`. Not behind other characters: there git and its own words differ. */
  function starryLine(random: (below: number) => number): string {
    const name = (): string =>
      Array.from({ length: 1 + random(5) }, () => ['a', 'b', '*', '*', '?', '[ab]', '[!a]'][random(7)]).join('');
    const part = (): string => (random(2) === 0 ? '**' : name().replaceAll(/\*+/g, '*'));
    const line = Array.from({ length: 1 + random(6) }, part).join('/');
    return `${random(6) === 0 ? '!' : ''}${random(4) === 0 ? '/' : ''}${line}${random(4) === 0 ? '/' : ''}`;
  }

  /** Every folder down to some levels, each with every name once as a file or a folder. */
  function places(random: (below: number) => number, names: readonly string[], levels: number): Place[] {
    const found: Place[] = [];
    const fill = (parent: string, depth: number): void => {
      for (const name of names) {
        const path = parent === '' ? bytes(name) : `${parent}/${bytes(name)}`;
        const isDirectory = depth < levels && random(names.length > 5 ? 4 : 2) === 0;
        found.push({ path, isDirectory });
        if (isDirectory) fill(path, depth + 1);
      }
    };
    fill('', 1);
    return found;
  }

  const bytes = (name: string): string => (name === 'x\xff' ? name : key(name));

  /** What git leaves out, asked of git itself. */
  function gitLeavesOut(repository: string, lines: readonly string[], all: readonly Place[]): ReadonlySet<string> {
    writeFileSync(join(repository, '.git', 'info', 'exclude'), `${lines.join('\n')}\n`);
    const input = Buffer.from(`${all.map(({ path }) => path).join('\0')}\0`, 'latin1');
    const { stdout, status } = spawnSync('git', ['check-ignore', '-z', '--stdin', '--no-index'], {
      cwd: repository,
      input,
    });
    if (status === 128) throw new Error('git could not judge');
    return new Set(
      stdout
        .toString('latin1')
        .split('\0')
        .filter((path) => path !== ''),
    );
  }

  it.each([
    ['of any kind', 1, randomLine, names, 3],
    ['of any kind', 2, randomLine, names, 3],
    ['of any kind', 3, randomLine, names, 3],
    ['with many asterisks', 4, starryLine, fewNames, 6],
    ['with many asterisks', 5, starryLine, fewNames, 6],
  ] as const)('%s are read as git reads them (seed %i)', { timeout: 120_000 }, (_kind, seed, line, used, levels) => {
    const repository = mkdtempSync(join(tmpdir(), 'stillpoint-ignore-'));
    try {
      execFileSync('git', ['init', '-q', repository], { env: { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null' } });
      const random = randomFrom(seed);
      const all = places(random, used, levels);
      for (const { path, isDirectory } of all) {
        const at = Buffer.from(`${repository}/${path}`, 'latin1');
        if (isDirectory) mkdirSync(at);
        else writeFileSync(at, '');
      }
      const different: string[] = [];
      let leftOutByGit = 0;
      for (let round = 0; round < 100; round += 1) {
        const lines = Array.from({ length: 1 + random(4) }, () => line(random));
        const expected = gitLeavesOut(repository, lines, all);
        leftOutByGit += expected.size;
        const rules = new IgnoreRules(lines);
        for (const place of all) {
          const isLeftOut = leavesOut(rules, place) !== undefined;
          if (isLeftOut !== expected.has(place.path))
            different.push(
              `${JSON.stringify(lines)} ${JSON.stringify(place)}: ${isLeftOut ? 'left out here' : 'left out by git'}`,
            );
        }
      }
      expect(different.slice(0, 20)).toEqual([]);
      // Or the rules would have had nothing to say.
      expect(leftOutByGit).toBeGreaterThan(1000);
    } finally {
      rmSync(repository, { recursive: true, force: true });
    }
  });
});
