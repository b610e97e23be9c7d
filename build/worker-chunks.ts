import { dirname, resolve } from 'node:path';
import type { Plugin } from 'vite';

/** Where code names another module of its own as a file to run: `new URL('./hash-worker.ts', import.meta.url)`. */
const moduleUrl = /new URL\(\s*'(\.{1,2}\/[^']+\.ts)'\s*,\s*import\.meta\.url\s*,?\s*\)/g;

/**
 * Makes such a module an entry of the bundle, and points the URL at it. The same line therefore works unbundled, where
 * Node runs the TypeScript file itself, and bundled; worker threads need no list of entries.
 */
export function workerChunks(): Plugin {
  return {
    name: 'stillpoint:worker-chunks',
    apply: 'build',
    // Before the quotes and types of the source are rewritten.
    enforce: 'pre',
    transform: {
      filter: { id: /\.ts$/, code: 'import.meta.url' },
      handler(code, id) {
        let found = false;
        const replaced = code.replaceAll(moduleUrl, (_whole, path: string) => {
          found = true;
          const reference = this.emitFile({ type: 'chunk', id: resolve(dirname(id), path) });
          return `new URL(import.meta.ROLLUP_FILE_URL_${reference})`;
        });
        return found ? { code: replaced, map: null } : null;
      },
    },
    // Vite would make it a path on a web server.
    resolveFileUrl: ({ relativePath }) => `new URL('./${relativePath}', import.meta.url).href`,
  };
}
