/** An error whose message is all a person needs: printed without a stack. */
export class SetupError extends Error {}

/**
 * One line for a person, on stderr: stdout belongs to the command that was asked for (`--json` must stay clean).
 * @param {string} line
 */
export function say(line) {
  process.stderr.write(`${line}\n`);
}

/**
 * Runs a task's body; a `SetupError` ends the process with its one message, anything else with its stack.
 * @param {() => Promise<number | void>} body resolves to the exit code, nothing meaning 0
 */
export function runTask(body) {
  body().then(
    (code) => {
      process.exitCode = code ?? 0;
    },
    (error) => {
      say(error instanceof SetupError ? error.message : String(error?.stack ?? error));
      process.exitCode = 1;
    },
  );
}
