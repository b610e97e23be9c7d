import { join } from 'node:path';
import { homeLike, writeFiles } from './files.ts';
import { password } from './seed.ts';
import type { World } from './world.ts';
import { commandLineIn } from './world-command-line.ts';

/** What the command line did some time ago, for an app that is started today. */
export interface Earlier {
  readonly source: string;
  readonly repository: string;
  /** A backup of so long ago; the clock of the command line alone is behind. */
  backUp(agoMs: number): Promise<void>;
}

/**
 * A source `Ada`, asked for by hand only and late after an hour, in a repository `Backups` of this folder; registered so
 * long ago.
 */
export async function earlier(world: World, repository: string, agoMs: number): Promise<Earlier> {
  const source = world.folder('ada');
  writeFiles(world, source, homeLike());
  writeFiles(world, world.home, { password: `${password}\n` });
  const access = ['--repo', repository, '--password-file', join(world.home, 'password')];
  const run = async (ago: number, ...args: readonly string[]): Promise<void> => {
    const { code, records, stderr } = await commandLineIn(world, [...args, ...access], { agoMs: ago });
    // With warnings: a clock that is behind the files' own proves less of them.
    if (code !== 0 && code !== 3) throw new Error(`${args.join(' ')}: ${code} ${stderr} ${JSON.stringify(records)}`);
  };
  await run(agoMs, 'init', '--name', 'Backups');
  const policy = ['--manual', '--late-after', '1h', '--level', 'per-file'];
  await run(agoMs, 'sources', 'add', source, '--name', 'Ada', ...policy);
  return { source, repository, backUp: (ago) => run(ago, 'backup', 'Ada') };
}
