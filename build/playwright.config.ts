import { fileURLToPath } from 'node:url';
import { defineConfig } from '@playwright/test';

const root = fileURLToPath(new URL('..', import.meta.url));

/** One at a time: the app, its helper and the kernel features under it are shared by all tests. */
export default defineConfig({
  testDir: `${root}e2e`,
  testMatch: '**/*.spec.ts',
  outputDir: `${root}out/e2e/results`,
  globalSetup: `${root}e2e/harness/test-account.ts`,
  workers: 1,
  fullyParallel: false,
  forbidOnly: process.env.CI !== undefined,
  retries: 0,
  timeout: 120_000,
  expect: { timeout: 15_000 },
  use: { trace: 'retain-on-failure', screenshot: 'only-on-failure' },
  reporter: [
    ['list'],
    ...(process.env.STILLPOINT_E2E_REPORT === undefined
      ? []
      : [['json', { outputFile: process.env.STILLPOINT_E2E_REPORT }] satisfies ['json', object]]),
  ],
});
