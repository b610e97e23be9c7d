import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const exclude = ['**/node_modules/**', 'out/**'];

/** Set where integration tests run in halves (build/tasks/integration-halves.mjs): what the other half runs. */
const elsewhere = process.env.STILLPOINT_TESTED_ELSEWHERE?.split(':') ?? [];

const rules = 'build/checks/**/*.test.ts';

/**
 * `rules` are about the tree, not about one piece of code. `unit` is fast and needs nothing. `integration` may need root,
 * loop mounts and real programs, and runs one file at a time.
 */
export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  test: {
    pool: 'forks',
    passWithNoTests: true,
    projects: [
      {
        extends: true,
        test: { name: 'rules', include: [rules], exclude, sequence: { groupOrder: 0 } },
      },
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['**/*.test.ts', '**/*.test.tsx'],
          exclude: [...exclude, rules],
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'integration',
          include: ['**/*.itest.ts'],
          exclude: [...exclude, ...elsewhere],
          maxWorkers: 1,
          testTimeout: 120_000,
          hookTimeout: 120_000,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
