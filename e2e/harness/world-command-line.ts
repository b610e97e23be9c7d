import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { asUser } from './as-user.ts';
import { type CommandResult, run } from './command-line.ts';
import { readableTree, root } from './tree.ts';
import type { World } from './world.ts';

export interface CommandLineOptions {
  /** Its clock, and only its own, is behind by so much: it leaves what it would have left then. Milliseconds. */
  readonly agoMs?: number;
}

/** The command line as the world's user, in the world's home: beside the app, with its settings and its history. */
export async function commandLineIn(
  world: World,
  args: readonly string[],
  { agoMs = 0 }: CommandLineOptions = {},
): Promise<CommandResult> {
  const tree = readableTree(world.user);
  try {
    const node = process.execPath.replace(root, tree.path);
    const [program = '', ...rest] = asUser(world.user, [node, join(tree.path, 'out/helper/cli.js'), '--json', ...args]);
    const clock = agoMs === 0 ? {} : { NODE_OPTIONS: `--import=${clockBehind(world, agoMs)}` };
    return await run(program, rest, { ...world.environment, ...clock }, { cwd: world.home });
  } finally {
    tree.release();
  }
}

function clockBehind(world: World, agoMs: number): string {
  const path = join(world.folder('.clock'), 'behind.mjs');
  writeFileSync(
    path,
    `const Real = Date;
globalThis.Date = class Date extends Real {
  constructor(...given) {
    if (given.length === 0) super(Real.now() - ${agoMs});
    else super(...given);
  }
  static now() {
    return Real.now() - ${agoMs};
  }
};
`,
  );
  world.give(path);
  return path;
}
