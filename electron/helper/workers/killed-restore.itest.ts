import { execFile } from 'node:child_process';
import {
  chmodSync,
  linkSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { RunId, SnapshotId } from '../../../shared/domain/ids.ts';
import { initRepository, LocalBackend } from '../repository/index.ts';
import { testOptions } from '../repository/testing/memory-repository.ts';
import { SeededRandom } from '../repository/testing/seeded-random.ts';
import { isThorough } from '../repository/testing/thorough.ts';
import { leftJournals } from '../restore/journal/journal.ts';
import { observeTree } from '../restore/testing/observe-tree.ts';
import { RestoreScene } from '../restore/testing/restore-scene.ts';

const seed = Number(process.env.STILLPOINT_SEED ?? 20260721);
const kills = isThorough ? 200 : 14;
const program = fileURLToPath(new URL('./testing/restore-until-step.ts', import.meta.url));

describe('a restore on threads that is killed', () => {
  it(`before any of its steps is finished or rolled back, and then taken back whole (seed ${seed}, ${kills} kills)`, async () => {
    using opened = await RestoreScene.open();
    const { folder } = opened;
    const repository = await initRepository(new LocalBackend(`${folder}/repository`), testOptions);
    const scene = RestoreScene.at(folder, { repository });
    const random = new SeededRandom(seed);
    const source = scene.make('docs');
    makeThen(source, random);
    const snapshot = await scene.backup(source);
    const then = observeTree(source);
    makeNow(source, random);
    const now = observeTree(source, { top: true });

    const whole = JSON.parse(await run(folder, snapshot, runIdOf('e', 0), 0)) as { steps: number; outcome: object };
    expect(whole.outcome).toMatchObject({ warnings: [], notDone: 0, endedBy: null });
    expect(observeTree(source)).toEqual(then);
    await repository.loadIndex();
    expect((await scene.undo(runIdOf('e', 0))).outcome).toMatchObject({ warnings: [], notDone: 0, endedBy: null });
    expect(observeTree(source, { top: true })).toEqual(now);

    let undone = 0;
    let finished = 0;
    const every = whole.steps / kills;
    const spread = Array.from({ length: kills }, (_, kill) =>
      Math.floor(1 + kill * every + random.int(Math.max(1, Math.floor(every)))),
    );
    // Near the end folders go that were emptied: there a few steps decide.
    const nearTheEnd = Array.from({ length: 6 }, (_, kill) => whole.steps - 15 + 2 * kill);
    for (const [kill, step] of [...spread, ...nearTheEnd].entries()) {
      const what = `step ${step} of ${whole.steps}`;
      const runId = runIdOf('a', kill);
      expect(await run(folder, snapshot, runId, step), what).toBe('');

      const next = RestoreScene.at(folder, { repository });
      const told = await next.driver.recover();
      finished += told.some((text) => text.includes('finished now')) ? 1 : 0;
      expect(ownNames(source), what).toEqual([]);
      expect(leftJournals(next.stateDirectory), what).toEqual([]);
      await repository.loadIndex();
      if (next.driver.undoable().some((each) => each.runId === runId)) {
        const { outcome } = await next.undo(runId);
        expect(outcome, what).toMatchObject({ warnings: [], notDone: 0, endedBy: null });
        undone += 1;
      }
      // What stood in the way and could not be told from somebody's own is kept, by name.
      const kept = readdirSync(source).filter((name) => name.endsWith('.kept'));
      expect(kept.length === 0 || told.some((text) => text.includes('.kept')), what).toBe(true);
      for (const name of kept) rmSync(`${source}/${name}`, { recursive: true });
      if (kept.length > 0) utimesSync(source, 1_600_000_000, 1_600_000_000);
      expect(observeTree(source, { top: true }), what).toEqual(now);
    }
    expect(undone).toBeGreaterThan(kills / 2);
    expect(finished).toBeGreaterThan(0);
  }, 1_800_000);
});

/** What it printed; nothing where it was killed. */
function run(folder: string, snapshot: SnapshotId, runId: RunId, step: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const args = [program, folder, snapshot, 'exact', runId, String(step)];
    execFile(process.execPath, args, { timeout: 120_000 }, (error, stdout, stderr) => {
      if (error === null || error.signal === 'SIGKILL') resolve(stdout);
      else reject(new Error(`it ended with ${error.code ?? error.signal}: ${stderr}`));
    });
  });
}

function runIdOf(letter: string, number: number): RunId {
  return String(number).padStart(32, letter) as RunId;
}

function ownNames(path: string): readonly string[] {
  return readdirSync(path, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.includes('.stillpoint-restore-'),
  );
}

/** Every way that an entry can be put back: anew, in place of another, its metadata only, as a further name, with others. */
function makeThen(source: string, random: SeededRandom): void {
  for (const folder of ['stays', 'gone', 'gone/deep', 'gone/deep/er', 'rights']) mkdirSync(`${source}/${folder}`);
  for (let index = 0; index < 30; index += 1) {
    writeFileSync(`${source}/stays/f${index}`, random.bytes(random.int(6000)));
    writeFileSync(`${source}/gone/deep/f${index}`, random.bytes(random.int(6000)));
    writeFileSync(`${source}/rights/f${index}`, 'rights', { mode: 0o640 });
  }
  writeFileSync(`${source}/gone/large`, random.bytes(1_500_000));
  writeFileSync(`${source}/gone/empty`, '');
  symlinkSync('nowhere', `${source}/gone/link`);
  writeFileSync(`${source}/gone/first`, 'one inode');
  linkSync(`${source}/gone/first`, `${source}/gone/deep/second`);
  writeFileSync(`${source}/stays/first`, 'another inode');
  for (const name of ['second', 'third']) linkSync(`${source}/stays/first`, `${source}/stays/${name}`);
  writeFileSync(`${source}/stays/large`, random.bytes(1_200_000));
  mkdirSync(`${source}/was-folder`);
  writeFileSync(`${source}/was-folder/in`, 'in it');
  writeFileSync(`${source}/was-file`, 'file');
  chmodSync(`${source}/gone/deep/er`, 0o500);
  for (const path of ['gone/deep/er', 'gone/deep', 'gone', 'stays', 'rights', 'was-folder', ''])
    utimesSync(`${source}/${path}`, 1_500_000_000, 1_500_000_000);
}

function makeNow(source: string, random: SeededRandom): void {
  rmSync(`${source}/gone`, { recursive: true });
  for (let index = 0; index < 30; index += 1) {
    if (index % 3 === 0) unlinkSync(`${source}/stays/f${index}`);
    else if (index % 3 === 1) writeFileSync(`${source}/stays/f${index}`, random.bytes(random.int(3000)));
    chmodSync(`${source}/rights/f${index}`, 0o600 + (index % 8));
  }
  for (const name of ['second', 'third']) unlinkSync(`${source}/stays/${name}`);
  writeFileSync(`${source}/stays/large`, 'small now');
  writeFileSync(`${source}/stays/extra`, 'extra');
  mkdirSync(`${source}/extra/in`, { recursive: true });
  writeFileSync(`${source}/extra/in/it`, 'extra');
  rmSync(`${source}/was-folder`, { recursive: true });
  writeFileSync(`${source}/was-folder`, 'a file now');
  unlinkSync(`${source}/was-file`);
  mkdirSync(`${source}/was-file`);
  writeFileSync(`${source}/was-file/in`, 'x');
  renameSync(`${source}/stays/f2`, `${source}/stays/renamed`);
  chmodSync(`${source}/rights`, 0o711);
  for (const path of ['extra/in', 'extra', 'stays', 'rights', 'was-file', ''])
    utimesSync(`${source}/${path}`, 1_600_000_000, 1_600_000_000);
}
