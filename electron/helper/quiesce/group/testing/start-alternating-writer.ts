import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('./alternating-writer.ts', import.meta.url));

/** Writes to these folders by turns, in order, in a process of its own. Resolves when it does; gives how to end it. */
export async function startAlternatingWriter(folders: readonly string[]): Promise<() => Promise<void>> {
  const child = spawn(process.execPath, [program, ...folders], { stdio: ['pipe', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  return async () => {
    if (child.exitCode !== null) return;
    const gone = once(child, 'exit');
    child.stdin.end();
    await gone;
  };
}
