import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'vite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { workerChunks } from './worker-chunks.ts';

const pool = `
import { Worker } from 'node:worker_threads';
import { greeting } from '../greeting.ts';
new Worker(new URL('./echo-worker.ts', import.meta.url)).once('message', (text: string) => console.log(greeting, text));
`;
const worker = `
import { parentPort } from 'node:worker_threads';
import { greeting } from '../greeting.ts';
parentPort?.postMessage(greeting.toUpperCase());
`;

describe('workerChunks', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'stillpoint-chunks-'));
    mkdirSync(join(folder, 'deep'));
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
    writeFileSync(join(folder, 'greeting.ts'), "export const greeting: string = 'hello';\n");
    writeFileSync(join(folder, 'deep/pool.ts'), pool);
    writeFileSync(join(folder, 'deep/echo-worker.ts'), worker);
    // Two entries share the pool, so that it becomes a chunk in another folder than they.
    for (const name of ['one', 'two']) writeFileSync(join(folder, `${name}.ts`), "import './deep/pool.ts';\n");
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const run = (path: string): string =>
    execFileSync(process.execPath, [join(folder, path)], { encoding: 'utf8' }).trim();

  it('runs the same worker unbundled and bundled', async () => {
    expect(run('one.ts')).toBe('hello HELLO');
    await build({
      configFile: false,
      root: folder,
      logLevel: 'silent',
      plugins: [workerChunks()],
      build: {
        ssr: true,
        outDir: join(folder, 'out'),
        rollupOptions: {
          input: { one: join(folder, 'one.ts'), two: join(folder, 'two.ts') },
          output: { entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
        },
      },
    });
    rmSync(join(folder, 'deep'), { recursive: true });
    expect(run('out/one.js')).toBe('hello HELLO');
    expect(run('out/two.js')).toBe('hello HELLO');
  });
});
