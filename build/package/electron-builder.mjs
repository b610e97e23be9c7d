import { rmSync } from 'node:fs';
import { join } from 'node:path';

/**
 * electron-builder's configuration. Nothing is downloaded: the Electron that the tests run on is the one that is packed.
 * The app is left as plain files: the helper starts the freeze guard, and an archive holds nothing that can be started.
 * @param {{ staged: string, output: string, electron: string, electronVersion: string }} places absolute paths
 */
export function configuration({ staged, output, electron, electronVersion }) {
  return {
    appId: 'dev.stillpoint.Stillpoint',
    productName: 'Stillpoint',
    copyright: 'MIT license',
    directories: { app: staged, output, buildResources: join(staged, '..', 'resources') },
    electronDist: electron,
    electronVersion,
    asar: false,
    npmRebuild: false,
    publish: null,
    extraResources: [{ from: 'build/package/resources', to: '.' }],
    electronLanguages: ['en-US', 'ja', 'ru', 'zh-CN'],
    linux: { target: ['dir'], executableName: 'stillpoint', category: 'Utility' },
    /** @param {{ appOutDir: string }} context */
    afterPack: async ({ appOutDir }) => {
      // Electron's own welcome page, which runs whatever it is given.
      rmSync(join(appOutDir, 'resources', 'default_app.asar'), { force: true });
    },
  };
}
