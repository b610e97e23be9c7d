import { Command, Option } from 'commander';
import { backup } from './commands/backup.ts';
import { check } from './commands/check.ts';
import { type CopyOptions, copy } from './commands/copy.ts';
import { type ForgetOptions, forget } from './commands/forget.ts';
import { listHooks } from './commands/hooks.ts';
import { init } from './commands/init.ts';
import { type PruneOptions, prune } from './commands/prune.ts';
import {
  type RepairOptions,
  type RepairSnapshotsOptions,
  repairIndex,
  repairPacks,
  repairSnapshots,
} from './commands/repair.ts';
import {
  type AddRepositoryOptions,
  addRepository,
  limitRepository,
  listRepositories,
  testPlace,
} from './commands/repositories.ts';
import { type RestoreOptions, restore, undo } from './commands/restore.ts';
import type { RunDueOptions } from './commands/run-due.ts';
import { allowStillPoints, pauseSchedule, resumeSchedule, showSchedule } from './commands/schedule.ts';
import { diff, evidence, listFolder, listSnapshots } from './commands/snapshots.ts';
import { type AddOptions, addSource, listSources, removeSource, setSource } from './commands/sources.ts';
import { type SpaceOptions, space } from './commands/space.ts';
import { type StatsOptions, stats } from './commands/stats.ts';
import type { ExitCode } from './exit-codes.ts';
import type { CheckShareOptions } from './options/check-share.ts';
import { excludeOptions } from './options/exclude-options.ts';
import { keepOptions } from './options/keep-options.ts';
import { holdingOptions, policyOptions } from './options/policy-options.ts';
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
    .option(
      '-r, --repo <place>',
      'the repository: a folder, rest:URL, s3:URL, sftp:USER@HOST:PATH, rclone:REMOTE:PATH, or the name or id of a registered one',
    )
    .addOption(
      new Option(
        '-p, --password-file <file>',
        "a file whose first line is the repository's password; REPOSITORY=FILE for one of several, repeatedly",
      ).argParser((file: string, before: readonly string[] | undefined) => [...(before ?? []), file]),
    )
    .addOption(
      new Option(
        '--credentials-file <file>',
        'what the server of the repository wants, a file (mode 0600) of lines like "user = anna"; REPOSITORY=FILE for one of several',
      ).argParser((file: string, before: readonly string[] | undefined) => [...(before ?? []), file]),
    )
    .option('--json', 'one JSON object a line, tagged with "type"; the default where standard output is no terminal')
    .showHelpAfterError('Use --help to see what there is.')
    .addHelpText(
      'after',
      '\nExit codes: 0 done, 3 done with warnings (listed), 1 failed, 2 wrong usage, 130 cancelled.' +
        '\nrun-due: 0 nothing is wrong, 3 something is held back, late or weaker than asked, 1 a backup failed.' +
        '\nA password is asked for on the terminal when no --password-file is given.',
    );
  const on = (registering: boolean, work: (session: Session) => Promise<ExitCode>): Promise<void> =>
    runner.run(program.opts<GlobalOptions>(), registering, work);

  program
    .command('init')
    .description('create a repository at --repo')
    .option('--name <name>', 'what to call it')
    .action((options: { name?: string }) => on(true, (session) => init(session, options)));

  const repositories = program.command('repositories').description('where snapshots are kept');
  repositories
    .command('add')
    .argument('<place>', 'a folder, rest:URL, s3:URL, sftp:USER@HOST:PATH or rclone:REMOTE:PATH')
    .description('use a repository that exists, restic’s own included; --create makes a new one')
    .option('--name <name>', 'what to call it')
    .option('--create', 'make a new one where there is none')
    .option('--ca-file <file>', 'trust the server by these certificates instead of the system’s')
    .option('--fingerprint <sha256>', 'trust the server’s certificate by its SHA-256 alone')
    .option('--region <region>', 'of a bucket')
    .option('--key-file <file>', 'a private key for ssh')
    .addHelpText('after', appendOnlyHelp)
    .action((place: string, options: AddRepositoryOptions) =>
      on(true, (session) => addRepository(session, place, options)),
    );
  repositories
    .command('test')
    .argument('<place>', 'as of add')
    .description('look what is at a place')
    .action((place: string) => on(false, (session) => testPlace(session, place)));
  repositories
    .command('limit')
    .argument('<repository>', 'its name or id')
    .argument(
      '[limits...]',
      'like "upload 500KiB/s mon-fri 08:00-18:00"; the lowest that holds counts; "none" for none',
    )
    .description('limit how fast backups send and restores fetch, at any time or at some hours; alone: say the limits')
    .addHelpText('after', limitHelp)
    .action((wanted: string, limits: string[]) => on(true, (session) => limitRepository(session, wanted, limits)));
  repositories
    .command('list', { isDefault: true })
    .description('list repositories and whether they are there')
    .action(() => on(false, (session) => listRepositories(session)));

  const sources = program.command('sources').description('what is protected');
  withOptions(sources.command('add').argument('<path...>', 'a folder or a mount point; several are one source'), [
    ...sourceOptions,
    ...policyOptions,
  ])
    .description('protect a folder or a filesystem, or several at one still point')
    .addHelpText('after', severalPlaces)
    .action((paths: string[], options: AddOptions) => on(true, (session) => addSource(session, paths, options)));
  withOptions(sources.command('set').argument('<source>', 'its id, name or place'), [
    ...sourceOptions,
    ...policyOptions,
  ])
    .description('change what is said and leave the rest; where any --keep option is given, they are all the rules')
    .addHelpText('after', severalPlaces)
    .action((wanted: string, options: AddOptions) => on(true, (session) => setSource(session, wanted, options)));
  sources
    .command('list', { isDefault: true })
    .description('list sources')
    .action(() => on(false, (session) => listSources(session)));
  sources
    .command('remove')
    .argument('<source>', 'its id or name')
    .description('stop protecting a source; its snapshots stay')
    .action((wanted: string) => on(true, (session) => removeSource(session, wanted)));

  withOptions(
    program
      .command('backup')
      .argument('<source...>', 'the id or name of a source, or a plain path; several paths are one'),
    [...sourceOptions, ...holdingOptions],
  )
    .description('take a snapshot at a still point')
    .addHelpText('after', severalPlaces)
    .action((wanted: string[], options: AddOptions) => on(false, (session) => backup(session, wanted, options)));
  program
    .command('run-due')
    .description('back up what is due by schedule; asks nobody anything')
    .option('--once', 'look once and end when what was begun has ended; the default')
    .option('--watch', 'go on until it is interrupted')
    .option('--alerts <file>', 'tell failures to somebody who is away: channels with their secrets, for your eyes only')
    .action((options: RunDueOptions) =>
      // What plans and what tells somebody who is away is loaded for this command alone.
      on(true, async (session) => (await import('./commands/run-due.ts')).runDue(session, options)),
    );
  const schedule = program.command('schedule').description('what is planned, made and missed');
  schedule
    .command('show', { isDefault: true })
    .description('next runs, last runs, missed ones')
    .action(() => on(false, (session) => showSchedule(session)));
  schedule
    .command('pause')
    .description('make no scheduled backups, here and in the app')
    .option('--for <time>', 'for so long, like 2h; until "resume" without it')
    .action((options: { for?: string }) => on(false, (session) => pauseSchedule(session, options)));
  schedule
    .command('resume')
    .description('make scheduled backups again')
    .action(() => on(false, (session) => resumeSchedule(session)));
  schedule
    .command('allow-still-points')
    .description('let scheduled runs hold filesystems still from now on, without asking')
    .action(() => on(true, (session) => allowStillPoints(session, true)));
  schedule
    .command('forbid-still-points')
    .description('scheduled runs hold nothing still any more')
    .action(() => on(true, (session) => allowStillPoints(session, false)));
  withOptions(program.command('forget').argument('<source>', 'its id, name or place'), keepOptions)
    .description('delete snapshots that the keep rules of a source no longer keep')
    .option('--dry-run', 'only say what would be deleted; other rules may be tried')
    .action((wanted: string, options: ForgetOptions) => on(false, (session) => forget(session, wanted, options)));
  program
    .command('space')
    .description('what would free how much in a repository; deletes nothing unasked')
    .option('--delete-by-rules', 'delete what the keep rules no longer keep, and give back the space')
    .option('--delete-unused', 'give back the space that nothing needs any more')
    .action((options: SpaceOptions) => on(false, (session) => space(session, options)));
  program
    .command('prune')
    .description('give back the space of what no snapshot needs; packs that are needed in part are written again')
    .option('--dry-run', 'only say what would be done')
    .option(
      '--max-unused <limit>',
      'what nothing needs and may stay: a size like 500M, a share like 5%, or "unlimited"',
      '5%',
    )
    .option('--max-repack-size <size>', 'write packs of so many bytes again at most, like 2G; the next one goes on')
    .option('--repack-small', 'also join packs that are small')
    .option('--even-without-snapshots', 'also where no snapshot is listed: everything goes then')
    .addHelpText('after', aboutPrune)
    .action((options: PruneOptions) => on(false, (session) => prune(session, options)));
  program
    .command('hooks')
    .description('list the programs that can be called around a hold')
    .action(() => on(false, (session) => listHooks(session)));
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
    .option('--yes', 'go on where the plan asks; without it a terminal is asked, and a script is refused')
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
    .option(
      '--read-data [part]',
      'read and verify all data, not only the structure; 3/10: the third of ten parts of it',
    )
    .option(
      '--read-share <percent>',
      'about so much of the data, each time the next part: 10% has read everything after ten checks',
    )
    .description('check a repository for damage')
    .action((options: CheckShareOptions) => on(false, (session) => check(session, options)));
  const repair = program.command('repair').description('mend a damaged repository; look with --dry-run first');
  repair
    .command('index')
    .option('--read-all', 'read every byte of the packs too, and list nothing that does not open')
    .option('--dry-run', 'only say what is wrong and what would be lost')
    .description('make the index anew from the packs')
    .action((options: RepairOptions & { readAll?: boolean }) => on(false, (session) => repairIndex(session, options)));
  repair
    .command('packs')
    .argument('[packs...]', 'ids of damaged packs; without them all are read to find them')
    .option('--dry-run', 'only say what is damaged and what could be saved')
    .description('save what can be read of damaged packs into new ones, and delete the damaged')
    .action((packs: string[], options: RepairOptions) => on(false, (session) => repairPacks(session, packs, options)));
  repair
    .command('snapshots')
    .argument('[snapshots...]', 'the beginnings of their ids; all of them without')
    .option('--leave-out', 'leave damaged files and folders out; else what is left of them gets the ending .damaged')
    .option('--forget', 'delete the snapshots that were written again, and those of which nothing is left')
    .option('--dry-run', 'only say exactly what is lost')
    .description('write damaged snapshots again without what is gone; repair the index first')
    .action((wanted: string[], options: RepairSnapshotsOptions) =>
      on(false, (session) => repairSnapshots(session, wanted, options)),
    );
  program
    .command('copy')
    .argument('[snapshots...]', 'the beginnings of their ids, or "latest"; all of them without')
    .requiredOption('--from <place>', 'the repository to copy from, named as --repo names the one to copy to')
    .description('copy snapshots from another repository; what is there already is not copied again')
    .action((wanted: string[], options: CopyOptions) => on(false, (session) => copy(session, wanted, options)));
  program
    .command('stats')
    .option('--snapshots', 'also of each snapshot: its size, what it added, what only it needs')
    .description('measure what a repository holds')
    .action((options: StatsOptions) => on(false, (session) => stats(session, options)));
  program
    .command('evidence')
    .argument('<snapshot>', 'the beginning of its id, or "latest"')
    .description('show how still a snapshot was, and what shows it')
    .action((wanted: string) => on(false, (session) => evidence(session, wanted)));
  return program;
}

const severalPlaces =
  '\nSeveral paths are held at one barrier and are one snapshot: what a program writes to them in order is in it in order.' +
  '\nEach keeps its own excludes: --exclude /srv/db/tmp is of the place it lies in; --ignore "/srv/db=*.tmp",' +
  '\n--ignore-file /srv/db=FILE and --no-preset /srv/db=caches are of one place, and without PLACE= of all.' +
  '\nPLACE is written in full. Write options after the paths.';

const aboutPrune =
  '\nIt waits for whoever uses the repository, and backups wait for it. What was interrupted or cancelled is whole, and the' +
  '\nnext one goes on. With --json a line of type "prune" has the figures. Where nothing may be deleted (append-only), it is refused.';

const limitHelp =
  '\nA limit is a direction, a speed, and hours where it does not hold always: "upload 500KiB/s mon-fri 08:00-18:00",' +
  '\n"download 2MiB/s". Those named replace all others. They hold at once, in runs under way too, and go by the wall clock.';

const appendOnlyHelp =
  '\nAgainst ransomware, keep snapshots where this computer cannot delete them: rest-server or “rclone serve restic” with' +
  '\n--append-only, or a bucket whose key may not delete objects. Backups and restores work there; snapshots are deleted' +
  '\nfrom a computer that may. Then whoever gets hold of this one cannot take its past away.';

const sourceOptions: readonly Option[] = [new Option('--name <name>', 'what to call it'), ...excludeOptions];

function withOptions(command: Command, options: readonly Option[]): Command {
  for (const option of options) command.addOption(option);
  return command;
}
