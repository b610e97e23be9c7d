import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { isAllowedUnasked, startTimeOf } from '../allowed-unasked.ts';

// Stands for the app of one user. Line by line: `who` (pid, start time, uid), `may ACTION`, `pkexec
// ARGUMENTS`; one line is answered to each.

function pkexec(args: readonly string[]): Promise<string> {
  const child = spawn('/usr/bin/pkexec', ['--disable-internal-agent', ...args], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let said = '';
  child.stdout.on('data', (text) => {
    said += String(text);
  });
  return new Promise((resolve) => child.once('close', (code) => resolve(`${code} ${said.trim()}`)));
}

for await (const line of createInterface({ input: process.stdin })) {
  const [command, ...args] = line.split(' ');
  if (command === 'may') console.log(String(await isAllowedUnasked(args[0] ?? '')));
  else if (command === 'pkexec') console.log(await pkexec(args));
  else console.log(`${process.pid} ${startTimeOf(process.pid)} ${process.getuid?.()}`);
}
