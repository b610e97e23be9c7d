import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { workerChunks } from './worker-chunks.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const entries = { helper: 'electron/helper/index.ts', cli: 'electron/cli/index.ts' };

/**
 * The helper and the headless command line. Everything but the native modules is bundled: what runs as root is these
 * files, Node, and two packages.
 */
export default defineConfig({
  root,
  publicDir: false,
  plugins: [workerChunks()],
  ssr: { noExternal: true, external: ['koffi', 'sodium-native'] },
  build: {
    ssr: true,
    outDir: `${process.env.STILLPOINT_OUT_DIR ?? `${root}out`}/helper`,
    target: 'node24',
    minify: false,
    sourcemap: true,
    rollupOptions: {
      input: Object.fromEntries(Object.entries(entries).filter(([, path]) => existsSync(`${root}${path}`))),
      output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
    },
  },
});
