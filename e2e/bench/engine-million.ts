import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { runBench } from '../harness/bench.ts';
import { newPlace } from '../harness/place.ts';
import { root } from '../harness/tree.ts';
import { type Measured, measured } from './engine/measured.ts';
import { millionBlobs } from './engine/million.ts';
import { numberAfter } from './product/flags.ts';

// A repository of a million blobs: what loading its index costs, a backup in which nothing changed, a check of the structure,
// and the first page of a folder of 100,000 entries. Ours beside restic, each step in a process of its own, in turns.
//   --blobs N   `--rounds N`

const million = await millionBlobs(numberAfter('--blobs', 1_000_000));
const fetched = join(root, 'out/tools/restic-0.18.0');
const restic = existsSync(fetched) ? fetched : '/usr/bin/restic';

using place = newPlace(million.repository, 'as-made');
const source = place.folder(
  'few',
  Object.fromEntries(Array.from({ length: 50 }, (_, at) => [`f${at}`, `content ${at}`])),
);
const env = { ...process.env, ...place.environment };
const secret = ['--password-file', million.passwordFile];
const ours = (...args: readonly string[]): Promise<Measured> =>
  measured(
    process.execPath,
    [join(root, 'out/helper/cli.js'), '--json', ...args, '--repo', million.repository, ...secret],
    env,
    { good: [0, 3] },
  );
const theirs = (...args: readonly string[]): Promise<Measured> =>
  measured(restic, ['--repo', million.repository, ...secret, '--no-cache', ...args], {
    HOME: place.path,
    PATH: '/usr/bin:/bin',
  });

// What both find unchanged afterwards.
await ours('sources', 'add', source, '--no-preset', 'all', '--name', 'few');
await ours('backup', 'few');
await theirs('backup', source);

async function steps(all: Readonly<Record<string, () => Promise<Measured>>>): Promise<Record<string, number>> {
  const figures: Record<string, number> = {};
  let peakMiB = 0;
  for (const [name, step] of Object.entries(all)) {
    const figure = await step();
    figures[`${name} wall ms`] = figure.wallMs;
    figures[`${name} cpu ms`] = figure.cpuMs;
    figures[`${name} peak MiB`] = figure.peakMiB;
    peakMiB = Math.max(peakMiB, figure.peakMiB);
  }
  return { ...figures, 'peak MiB': peakMiB };
}

await runBench({
  name: 'engine-million',
  rounds: numberAfter('--rounds', 3),
  warmUp: 0,
  contenders: [
    {
      name: 'stillpoint',
      async run() {
        const child = join(root, 'e2e/bench/engine/million-child.ts');
        const { stdout } = await measured(process.execPath, [child, '--repository', million.repository], env);
        const figures = JSON.parse(stdout.trim().split('\n').at(-1) ?? '{}') as Record<string, number>;
        return { ...figures, ...(await steps({ backup: () => ours('backup', 'few'), check: () => ours('check') })) };
      },
    },
    {
      name: 'restic',
      run: () =>
        steps({
          'list blobs': () => theirs('list', 'blobs', '--quiet'),
          backup: () => theirs('backup', source),
          check: () => theirs('check'),
        }),
    },
  ],
  targets: [
    {
      text: 'the index is loaded, ms',
      figure: { of: 'stillpoint', figure: 'load wall ms', stat: 'median' },
      atMost: 1000,
    },
    {
      text: 'bytes of the index for each blob',
      figure: { of: 'stillpoint', figure: 'index bytes per blob', stat: 'max' },
      atMost: 64,
    },
    {
      text: 'first page of a folder of 100,000, ms',
      figure: { of: 'stillpoint', figure: 'folder of 100,000 first wall ms', stat: 'median' },
      atMost: 100,
    },
    {
      text: 'most memory of a backup and of a check, MiB',
      figure: { of: 'stillpoint', figure: 'peak MiB', stat: 'max' },
      atMost: 400,
    },
  ],
});
