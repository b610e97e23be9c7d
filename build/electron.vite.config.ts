import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'electron-vite';

const root = fileURLToPath(new URL('..', import.meta.url));
const inTree = (path: string): string => `${root}${path}`;

/** Entries that are in the tree; a process that is not written yet is left out of the build. */
function present(entries: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(entries)
      .map(([name, path]): [string, string] => [name, inTree(path)])
      .filter(([, path]) => existsSync(path)),
  );
}

const main = present({ index: 'electron/main/index.ts', catalog: 'electron/catalog/index.ts' });
const preload = present({ index: 'electron/preload/index.ts' });
const renderer = present({ index: 'renderer/index.html' });
/** Given by build/tasks/build.mjs, which swaps the finished result into place. */
const outDir = process.env.STILLPOINT_OUT_DIR ?? inTree('out');

export default defineConfig({
  ...(Object.keys(main).length > 0 && {
    main: {
      root,
      build: {
        outDir: `${outDir}/main`,
        // Bundled but for native code, so that a packaged app brings three packages and not all of them.
        externalizeDeps: false,
        rollupOptions: {
          input: main,
          external: ['electron', 'better-sqlite3'],
          output: { format: 'es', entryFileNames: '[name].js' },
        },
      },
    },
  }),
  ...(Object.keys(preload).length > 0 && {
    preload: {
      root,
      build: {
        outDir: `${outDir}/preload`,
        // A sandboxed preload is CommonJS and can require next to nothing: everything it uses is bundled.
        externalizeDeps: false,
        rollupOptions: { input: preload, output: { format: 'cjs', entryFileNames: '[name].cjs' } },
      },
    },
  }),
  ...(Object.keys(renderer).length > 0 && {
    renderer: {
      root: inTree('renderer'),
      plugins: [react()],
      build: { outDir: `${outDir}/renderer`, rollupOptions: { input: renderer } },
    },
  }),
});
