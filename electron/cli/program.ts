import { Command } from 'commander';
import { backup } from './commands/backup.ts';
import { check } from './commands/check.ts';
import { init } from './commands/init.ts';
import { type RestoreOptions, restore, undo } from './commands/restore.ts';
import { diff, evidence, listFolder, listSnapshots } from './commands/snapshots.ts';
import { type AddOptions, addSource, listSources, removeSource } from './commands/sources.ts';
import type { ExitCode } from './exit-codes.ts';
import type { GlobalOptions, Session } from './session.ts';

/** What a command needs of its surroundings: a session, kept registrations for commands that change them. */
export interface Runner {
  run(options: GlobalOptions, registering: boolean, work: (session: Session) => Promise<ExitCode>): Promise<void>;
}

/** The command line: names, arguments, help. What each command does is in its own file. */
export function createProgram(version: string, runner: Runner): Command {
  const program = new Command('stillpoint')
    .description('Consistent point-in-time copies of folders and filesystems, in an encrypted repository.')
    .version(version)
    .option('-r, --repo <place>', 'the repository: a folder, or the name or id of a registered one')
    .option('-p, --password-file <file>', "a file whose first line is the repository's password")
    .option('--json', 'one JSON object a line, tagged with "type"; the default where standard output is no terminal')
    .showHelpAfterError('Use --help to see what there is.')
    .addHelpText(
      'after',
      '\nExit codes: 0 done, 3 done with warnings (listed), 1 failed, 2 wrong usage, 130 cancelled.' +
        '\nA password is asked for on the terminal when no --password-file is given.',
    );
  const on = (registering: boolean, work: (session: Session) => Promise<ExitCode>): Promise<void> =>
    runner.run(program.opts<GlobalOptions>(), registering, work);

  program
    .command('init')
    .description('create a repository at --repo')
    .option('--name <name>', 'what to call it')
    .action((options: { name?: string }) => on(true, (session) => init(session, options)));

  const sources = program.command('sources').description('what is protected');
  withSourceOptions(sources.command('add').argument('<path>', 'a folder or a mount point'))
    .description('protect a folder or a filesystem')
    .action((path: string, options: AddOptions) => on(true, (session) => addSource(session, path, options)));
  sources
    .command('list', { isDefault: true })
    .description('list sources')
    .action(() => on(false, (session) => listSources(session)));
  sources
    .command('remove')
    .argument('<source>', 'its id or name')
    .description('stop protecting a source; its snapshots stay')
    .action((wanted: string) => on(true, (session) => removeSource(session, wanted)));

  withSourceOptions(program.command('backup').argument('<source>', 'the id or name of a source, or a plain path'))
    .description('take a snapshot at a still point')
    .action((wanted: string, options: AddOptions) => on(false, (session) => backup(session, wanted, options)));
  program
    .command('snapshots')
    .description('list snapshots')
    .action(() => on(false, (session) => listSnapshots(session)));
  program
    .command('ls')
    .argument('<snapshot>', 'the beginning of its id, or "latest"')
    .argument('[path]', 'a folder inside it', '/')
    .description('list a folder inside a snapshot')
    .action((wanted: string, path: string) => on(false, (session) => listFolder(session, wanted, path)));
  program
    .command('restore')
    .argument('<snapshot>', 'the beginning of its id, or "latest"')
    .argument('[paths...]', 'what to restore; everything when none is given')
    .option('--to <folder>', 'write below this folder')
    .option('--in-place', 'put back where it was, with a safety snapshot first')
    .option('--exact', 'make it exactly as it was: also delete what the snapshot does not have')
    .option('--dry-run', 'only say what would change')
    .option('--no-safety-snapshot', 'take no safety snapshot; the restore can then not be undone')
    .description('restore a snapshot or parts of it')
    .action((wanted: string, paths: string[], options: RestoreOptions) =>
      on(false, (session) => restore(session, wanted, paths, options)),
    );
  program
    .command('undo')
    .argument('<run>', 'the beginning of the id of the restore')
    .description('take a restore back, keeping what changed since')
    .action((wanted: string) => on(false, (session) => undo(session, wanted)));
  program
    .command('diff')
    .argument('<before>', 'a snapshot')
    .argument('<after>', 'another')
    .description('compare two snapshots')
    .action((before: string, after: string) => on(false, (session) => diff(session, before, after)));
  program
    .command('check')
    .option('--read-data', 'read and verify all data, not only the structure')
    .description('check a repository for damage')
    .action((options: { readData?: boolean }) => on(false, (session) => check(session, options)));
  program
    .command('evidence')
    .argument('<snapshot>', 'the beginning of its id, or "latest"')
    .description('show how still a snapshot was, and what shows it')
    .action((wanted: string) => on(false, (session) => evidence(session, wanted)));
  return program;
}

function withSourceOptions(command: Command): Command {
  return command
    .option('--name <name>', 'what to call it')
    .option('--exclude <path...>', 'paths below it that are left out')
    .option('--longest-stall <ms>', 'the longest pause writers may be asked to accept, in milliseconds')
    .option('--level <level>', 'the weakest consistency level that is good enough');
}
