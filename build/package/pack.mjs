import { readFileSync } from 'node:fs';
import { build, Platform } from 'electron-builder';
import { inTree, root } from '../setup/paths.mjs';
import { say } from '../setup/say.mjs';
import { configuration } from './electron-builder.mjs';
import { stage } from './stage.mjs';

// Packs what is built into out/package/linux-unpacked; its program is `stillpoint`.
const staged = 'out/package/app';
stage(staged);
const { version } = JSON.parse(readFileSync(inTree('node_modules/electron/package.json'), 'utf8'));
await build({
  projectDir: root,
  targets: Platform.LINUX.createTarget('dir'),
  config: configuration({
    staged: inTree(staged),
    output: inTree('out/package'),
    electron: inTree('node_modules/electron/dist'),
    electronVersion: version,
  }),
});
say('package: out/package/linux-unpacked/stillpoint');
