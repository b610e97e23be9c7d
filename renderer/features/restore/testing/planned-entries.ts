import type { PlanEntry } from '../../../../shared/domain/restore.ts';
import { instantOf } from '../../../testing/model/runs.ts';

const minute = 60_000;
const hour = 60 * minute;

/** What a restore of the made-up Documents would change: 214 replaced, 12 added, 3 newer ones deleted where exact. */
export function plannedEntries(now: number, root: string): PlanEntry[] {
  const entry = (
    path: string,
    action: PlanEntry['action'],
    then: number | null,
    present: number | null,
  ): PlanEntry => ({
    path: `${root}/${path}`,
    action,
    type: 'file',
    sizeThen: then,
    sizeNow: present,
    modifiedThen: then === null ? null : instantOf(now - 34 * hour),
    modifiedNow: present === null ? null : instantOf(now - 29 * minute),
  });
  const pages = Array.from({ length: 211 }, (_, index) =>
    entry(`Projects/site/pages/page-${index + 1}.html`, 'replace', 14_000 + index * 31, 14_400 + index * 29),
  );
  const figures = Array.from({ length: 11 }, (_, index) =>
    entry(`Projects/thesis/figures/plot-${index + 1}.svg`, 'add', 61_000 + index * 900, null),
  );
  return [
    entry('Projects/thesis/chapter-3.md', 'replace', 18_330, 18_637),
    entry('Projects/thesis/figures/overview.svg', 'add', 48_200, null),
    ...figures,
    entry('Projects/budget.ods', 'replace', 92_000, 93_800),
    ...pages,
    entry('notes.txt', 'replace', 2_300, 2_346),
    entry('Projects/thesis/chapter-4-draft.md', 'delete', null, 4_020),
    entry('Projects/thesis/scratch.txt', 'delete', null, 310),
    entry('Letters/tax office 2026.odt', 'delete', null, 28_400),
    { ...entry('Projects/thesis/outline.md', 'same', 4_100, 4_100), modifiedNow: instantOf(now - 300 * hour) },
  ];
}

const body = Array.from({ length: 24 }, (_, index) => `Paragraph ${index + 1} of the chapter stays as it is.`);

export function chapterText(past: boolean): string {
  return [
    '# 3 Quiescing',
    '',
    ...body,
    '',
    '## 3.2 Still points',
    '',
    past ? 'A backup may be taken only while nobody changes the data.' : 'A backup may be taken at any time.',
    'The longer the copy takes, the longer writers wait, unless',
    past ? 'what is copied inside the pause no longer depends on size.' : 'Write this.',
    '',
    '## 3.3 Measuring the pause',
    '',
    ...body.slice(0, 9),
    '',
  ].join('\n');
}
