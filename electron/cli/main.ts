import { ReadStream } from 'node:tty';
import { asStillpointError, cancelled, StillpointError } from '../../shared/errors/index.ts';
import { localHelper } from '../helper/local-helper.ts';
import { version } from '../helper/version.ts';
import { askForYes } from './ask-for-yes.ts';
import { askWithoutEcho } from './ask-password.ts';
import { type ExitCode, exitCodeOfError, exitCodes } from './exit-codes.ts';
import { humanOutput } from './output/human-output.ts';
import { jsonOutput } from './output/json-output.ts';
import type { Output } from './output/output.ts';
import { createProgram, type Runner } from './program.ts';
import type { GlobalOptions } from './session.ts';

const { stdout, stderr, stdin } = process;

function outputFor(options: GlobalOptions): Output {
  if (options.json === true || !stdout.isTTY) return jsonOutput((text) => stdout.write(text));
  return humanOutput({
    out: (text) => stdout.write(text),
    err: (text) => stderr.write(text),
    columns: () => (stderr.isTTY ? stderr.columns : null),
  });
}

/** The first interrupt cancels and lets the run put things in order; the second ends the process at once. */
function cancelOnInterrupt(): AbortSignal {
  const controller = new AbortController();
  const onSignal = (): void => {
    if (controller.signal.aborted) process.exit(exitCodes.cancelled);
    controller.abort(cancelled());
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);
  return controller.signal;
}

const runner: Runner = {
  async run(options, registering, work) {
    const output = outputFor(options);
    let code: ExitCode;
    try {
      const service = localHelper({ registration: registering ? 'kept' : 'for-this-process' });
      const terminal = stdin instanceof ReadStream && stdin.isTTY ? stdin : null;
      const ask = terminal && ((question: string) => askWithoutEcho(terminal, (text) => stderr.write(text), question));
      const confirm = terminal && ((question: string) => askForYes(terminal, stderr, question));
      const passwords = {
        passwordFiles: options.passwordFile ?? [],
        credentialsFiles: options.credentialsFile ?? [],
        ask,
      };
      try {
        code = await work({ service, output, signal: cancelOnInterrupt(), options, passwords, confirm });
      } finally {
        await service.close();
      }
    } catch (error) {
      const known = asStillpointError(error);
      output.error(known);
      code = exitCodeOfError(known);
    }
    process.exitCode = code;
  },
};

const program = createProgram(version, runner);
program.exitOverride((error) => {
  // Help and version are answers; everything else commander says is about how the command was written.
  process.exit(error.exitCode === 0 ? exitCodes.done : exitCodes.usage);
});
for (const command of program.commands) {
  command.copyInheritedSettings(program);
  for (const inner of command.commands) inner.copyInheritedSettings(program);
}

stdout.on('error', (error: NodeJS.ErrnoException) => {
  // The reader of a pipe went away (`| head`): nobody is left to tell.
  if (error.code === 'EPIPE') process.exit(exitCodes.failed);
  throw new StillpointError({ kind: 'io', message: 'Standard output failed.', guidance: '', cause: error });
});

// Told, not guessed: Electron that runs as Node is taken for a packed app otherwise.
await program.parseAsync(process.argv, { from: 'node' });
// What is left then are only caches and threads of the engine; nothing is under way any more.
process.exit(process.exitCode ?? exitCodes.done);
