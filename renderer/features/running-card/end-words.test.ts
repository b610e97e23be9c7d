import { expect, it } from 'vitest';
import type { RunView } from '../../../shared/ipc/runs.ts';
import { i18n } from '../../i18n/i18n.ts';
import { runIdOf } from '../../testing/model/ids.ts';
import { plans } from '../../testing/model/plans.ts';
import { emptyRun } from '../../testing/model/runs.ts';
import { achievedWords } from './end-words.ts';

const t = i18n.getFixedT('en', ['running-card', 'levels']);
const run: RunView = { ...emptyRun(plans.documents, runIdOf('a'), 1000), outcome: 'done', files: 30, bytes: 2048 };
const stored = '30 files, 2 KiB; 1 KiB added to the repository.';
const words = (more: Partial<RunView>): string => achievedWords({ ...run, newBytes: 1024, ...more }, t);
const plain = (text: string): string => text.replace(/\s/g, ' ');

it('says how still it was and how much was stored, once', () => {
  expect(plain(words({ level: 'observed-static' }))).toBe(`Nothing changed while it was copied: ${stored}`);
  expect(plain(words({ level: 'crash' }))).toBe(`Single instant: ${stored}`);
});

it('does not praise what is weak', () => {
  for (const level of ['torn', 'per-file', null] as const) expect(plain(words({ level }))).toBe(stored);
});
