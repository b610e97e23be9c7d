import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type DiskRoom, openDiskRoom, whyNoDiskRoom } from '../../electron/main/shell/eject/testing/disk-room.ts';
import { test as base, expect } from './keyring-test.ts';

/**
 * A login on a machine with a removable disk that holds one filesystem, `BACKUPS`, and with the real udisksd. Everything of
 * this world runs in the namespace in which that disk can be mounted.
 */
export const test = base.extend<{ readonly room: DiskRoom }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright demands a pattern.
  room: async ({}, use, info) => {
    const why = whyNoDiskRoom();
    info.skip(why !== '', why);
    const room = await openDiskRoom({ label: 'BACKUPS' });
    await use(room);
    await room.stop();
  },
  world: async ({ world, room }, use) => {
    const programs = world.folder('.programs');
    const [enter, args] = room.within(['/usr/bin/setpriv']);
    // What gives up root for a program of this world enters the namespace first, as long as it may.
    const script = `#!/bin/sh\nexec ${[enter, ...args].join(' ')} "$@"\n`;
    writeFileSync(join(programs, 'setpriv'), script, { mode: 0o755 });
    const environment = {
      ...world.environment,
      PATH: `${programs}:${world.environment.PATH}`,
      DBUS_SYSTEM_BUS_ADDRESS: room.address,
    };
    await use({ ...world, environment });
  },
});

export { expect };
