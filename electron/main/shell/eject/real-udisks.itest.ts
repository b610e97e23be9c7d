import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, expect, it } from 'vitest';
import { type DiskRoom, openDiskRoom, type Who, whyNoDiskRoom } from './testing/disk-room.ts';
import type { EjectOutcome } from './eject.ts';

const why = whyNoDiskRoom();
const program = fileURLToPath(new URL('testing/eject-program.ts', import.meta.url));
const user: Who = { uid: 65_534, gid: 65_534 };
const root: Who = { uid: 0, gid: 0 };

const undo: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

async function diskOf(...labels: string[]): Promise<DiskRoom> {
  const room = await openDiskRoom(labels);
  undo.push(() => room.stop());
  return room;
}

async function eject(room: DiskRoom, place: string): Promise<EjectOutcome> {
  const { stdout } = await promisify(execFile)(...room.within([process.execPath, program, room.address, place], user));
  return JSON.parse(stdout) as EjectOutcome;
}

/** A program that uses the mount, with these rights. */
async function using(room: DiskRoom, place: string, who: Who): Promise<() => Promise<void>> {
  const script = `cd '${place}' && echo there && exec sleep 600`;
  const child: ChildProcess = spawn(...room.within(['sh', '-c', script], who), { stdio: ['ignore', 'pipe', 'inherit'] });
  const leave = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  };
  undo.push(leave);
  await once(child.stdout ?? child, 'data');
  return leave;
}

it.skipIf(why !== '')(`unmounts every part of a disk that was mounted for its user (${why || 'udisksd'})`, async () => {
  const room = await diskOf('ONE', 'TWO');
  const [one, two] = [await room.mount('ONE', user), await room.mount('TWO', user)];
  expect(room.mounted()).toEqual([one, two]);
  expect(await eject(room, one)).toEqual({ safeToUnplug: true, text: expect.stringMatching(/unmounted|ejected/) });
  expect(room.mounted()).toEqual([]);
});

it.skipIf(why !== '')(`names who uses it, and is not safe until that is over (${why || 'udisksd'})`, async () => {
  const room = await diskOf('ONE', 'TWO');
  const [one, two] = [await room.mount('ONE', user), await room.mount('TWO', user)];
  const leave = await using(room, two, user);
  expect(await eject(room, one)).toEqual({
    safeToUnplug: false,
    text: `${two} is in use by sleep. Close what is open there and try again.`,
  });
  expect(room.mounted()).toEqual([two]);
  await leave();
  await using(room, two, root);
  expect(await eject(room, two)).toMatchObject({ safeToUnplug: false, text: expect.stringContaining('another program') });
  expect(room.mounted()).toEqual([two]);
});

it.skipIf(why !== '')(`leaves what another user mounted, with words and no question (${why || 'udisksd'})`, async () => {
  const room = await diskOf('ONE', 'TWO');
  const [one, two] = [await room.mount('ONE', user), await room.mount('TWO', root)];
  expect(await eject(room, one)).toEqual({
    safeToUnplug: false,
    text: `${two} may only be unmounted by an administrator. Eject it in the file manager, which can ask for that.`,
  });
  expect(room.mounted()).toEqual([two]);
});

it.skipIf(why !== '')(`knows what is not mounted (${why || 'udisksd'})`, async () => {
  const room = await diskOf('ONE');
  expect(await eject(room, '/media/nobody/ONE')).toMatchObject({
    safeToUnplug: false,
    text: expect.stringContaining('Nothing that can be ejected'),
  });
});
