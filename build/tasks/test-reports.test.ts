import { describe, expect, it } from 'vitest';
import { readPlaywrightReport, readVitestReport } from './test-reports.mjs';

describe('readVitestReport', () => {
  it('counts tests, and a file that did not load as a failure', () => {
    const file = (status: string, ...tests: string[]) => ({
      status,
      assertionResults: tests.map((each, index) => ({ status: each, fullName: `${status} ${index}` })),
    });
    const report = {
      testResults: [file('passed', 'passed', 'pending'), file('failed', 'failed', 'passed'), file('failed')],
    };
    expect(readVitestReport(JSON.stringify(report))).toEqual({ passed: 2, failed: 2, skipped: ['passed 1'] });
  });
});

describe('readPlaywrightReport', () => {
  it('counts nested tests, flaky ones as failed, and keeps the reasons of skipped ones', () => {
    const spec = (status: string, annotations: object[] = []) => ({ title: status, tests: [{ status, annotations }] });
    const report = {
      suites: [
        {
          specs: [spec('expected'), spec('flaky')],
          suites: [{ specs: [spec('unexpected'), spec('skipped', [{ type: 'skip', description: 'needs xfs' }])] }],
        },
      ],
    };
    expect(readPlaywrightReport(JSON.stringify(report))).toEqual({
      passed: 1,
      failed: 2,
      skipped: ['skipped (needs xfs)'],
    });
  });
});
