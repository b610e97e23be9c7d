import { describe, expect, it } from 'vitest';
import type { PlanWarning } from '../../../shared/domain/restore.ts';
import { errorKinds } from '../../../shared/errors/index.ts';
import { headline } from './headline.ts';
import { recoveriesFor } from './recoveries.ts';
import { inOrder } from './warning-order.ts';

describe('the headline of a warning', () => {
  it.each([
    ['budget.ods is open in LibreOffice. Close it first.', 'budget.ods is open in LibreOffice.', 'Close it first.'],
    ['Too little space', 'Too little space', ''],
    ['Version 2.5 of the file is newer. It stays.', 'Version 2.5 of the file is newer.', 'It stays.'],
    ['空きが足りません。別のフォルダーを選んでください。', '空きが足りません。', '別のフォルダーを選んでください。'],
  ])('of %s', (text, head, rest) => expect(headline(text)).toEqual({ head, rest }));
});

describe('the order of warnings', () => {
  const warning = (code: PlanWarning['code'], asks = false): PlanWarning => ({ code, text: '', paths: [], asks });

  it('begins with what asks, and among those with what makes the restore fail', () => {
    const mixed = [warning('newer-now'), warning('open-file', true), warning('torn-file'), warning('no-space', true)];
    expect(inOrder(mixed).map(({ code }) => code)).toEqual(['no-space', 'open-file', 'torn-file', 'newer-now']);
  });
});

describe('what a failed restore offers', () => {
  it('is never nothing', () => {
    for (const kind of errorKinds) {
      expect(recoveriesFor(kind, false).length, kind).toBeGreaterThan(0);
      expect(recoveriesFor(kind, true).length, kind).toBeGreaterThan(0);
    }
  });

  it('is another folder where the repository or the target cannot take what is needed', () => {
    for (const kind of ['repository-read-only', 'repository-full', 'target-full', 'target-read-only'] as const) {
      expect(recoveriesFor(kind, false), kind).toContain('other-folder');
    }
  });

  it('goes without a safety snapshot only where the repository cannot make one', () => {
    const offering = errorKinds.filter((kind) => recoveriesFor(kind, true).includes('without-safety'));
    expect(offering).toEqual(['repository-locked', 'repository-full', 'repository-read-only']);
  });
});
