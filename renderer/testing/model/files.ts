import type { TreeEntry } from '../../../shared/domain/snapshot.ts';
import { seeded } from './random.ts';
import { day } from './world.ts';

/** A file of the made-up Documents folder and the moments at which it was changed, oldest first. */
export interface MadeFile {
  readonly path: string;
  readonly versions: readonly { readonly at: number; readonly size: number; readonly text: string }[];
}

const chapter = (todo: boolean, later: boolean): string =>
  [
    '## 3.2 Still points',
    '',
    later ? 'A backup may be taken only while nobody changes the data.' : 'A backup may be taken at any time.',
    'The longer the copy takes, the longer writers wait, unless',
    todo ? 'Write this.' : 'what is copied inside the pause no longer depends on size.',
    '',
    '## 3.3 Measuring the pause',
    '',
  ].join('\n');

/** The few files that pictures and tests name; the rest is filled in by `entriesOf`. */
export function madeFiles(now: number, root: string): MadeFile[] {
  const file = (path: string, ages: readonly number[], size: number, text = ''): MadeFile => ({
    path: `${root}/${path}`,
    versions: ages.map((age, index) => ({
      at: now - age * day,
      size: Math.round(size * (1 + index * 0.02)),
      text: text === '' ? `${path}, version ${index + 1}\n` : text,
    })),
  });
  return [
    {
      path: `${root}/Projects/thesis/chapter-3.md`,
      versions: [
        { at: now - 60 * day, size: 17_400, text: chapter(true, false) },
        { at: now - 1.4 * day, size: 18_330, text: chapter(true, false) },
        { at: now - 0.02 * day, size: 18_637, text: chapter(false, true) },
      ],
    },
    file('Projects/thesis/figures/overview.svg', [40], 48_200, '<svg xmlns="http://www.w3.org/2000/svg"/>'),
    file('Projects/thesis/outline.md', [200, 90, 12], 4_100),
    file('Projects/budget.ods', [300, 30, 1.2], 92_000),
    file('Letters/landlord.odt', [410], 31_000),
    file('Letters/insurance 2025.pdf', [260], 880_000),
    file('notes.txt', [500, 80, 3, 0.4], 2_300),
  ];
}

/** What a bookkeeping program keeps: its data in one place, the log of its changes in another. */
export function ledgerFiles(now: number, [data = '/', log = '/']: readonly string[]): MadeFile[] {
  const file = (path: string, ages: readonly number[], size: number): MadeFile => ({
    path,
    versions: ages.map((age, index) => ({ at: now - age * day, size: size + index * 4_096, text: `${path}\n` })),
  });
  return [
    file(`${data}/accounts.db`, [150, 20, 2, 0.3], 1_480_000_000),
    file(`${data}/invoices.db`, [150, 31, 0.3], 820_000_000),
    file(`${data}/ledger.conf`, [150], 1_900),
    file(`${log}/000000412.log`, [2.4], 67_108_864),
    file(`${log}/000000413.log`, [1.2], 67_108_864),
    file(`${log}/000000414.log`, [0.3], 21_430_272),
  ];
}

/** The entries of one folder of a snapshot of several places. */
export function entriesOfAll(
  files: readonly MadeFile[],
  folder: string,
  roots: readonly string[],
  at: number,
): TreeEntry[] {
  const [only = '/', ...others] = roots;
  if (others.length === 0) return entriesOf(files, folder, only, at);
  const inside = roots.find((root) => folder === root || folder.startsWith(`${root}/`));
  if (inside !== undefined) return entriesOf(files, folder, inside, at).filter(({ name }) => name !== 'Archive');
  const above = roots.filter((root) => root.startsWith(folder === '/' ? '/' : `${folder}/`));
  const entries = above.flatMap((root) => entriesOf(files, folder, root, at));
  return [...new Map(entries.map((found) => [found.name, found])).values()];
}

/** The entries of one folder at one moment. Folders below `Archive` are filled without end, by their names. */
export function entriesOf(files: readonly MadeFile[], folder: string, root: string, at: number): TreeEntry[] {
  if (folder === '/' || root.startsWith(`${folder}/`)) {
    const rest = root.slice(folder === '/' ? 1 : folder.length + 1).split('/')[0] ?? '';
    return [entry(rest, 'dir', 0, at)];
  }
  const found = new Map<string, TreeEntry>();
  for (const file of files) {
    if (!file.path.startsWith(`${folder}/`)) continue;
    const version = file.versions.findLast((candidate) => candidate.at <= at);
    if (version === undefined) continue;
    const [name = '', ...deeper] = file.path.slice(folder.length + 1).split('/');
    found.set(
      name,
      deeper.length > 0 ? entry(name, 'dir', 0, version.at) : entry(name, 'file', version.size, version.at),
    );
  }
  if (folder === root) found.set('Archive', entry('Archive', 'dir', 0, at - 30 * day));
  if (folder.startsWith(`${root}/Archive`)) fillArchive(found, folder, folder === `${root}/Archive`, at);
  return [...found.values()].sort(
    (a, b) => Number(b.type === 'dir') - Number(a.type === 'dir') || a.name.localeCompare(b.name),
  );
}

function fillArchive(found: Map<string, TreeEntry>, folder: string, top: boolean, at: number): void {
  const random = seeded(folder);
  if (top) {
    for (let year = 2018; year <= 2025; year += 1) found.set(`${year}`, entry(`${year}`, 'dir', 0, at - 60 * day));
    return;
  }
  const count = folder.endsWith('2020') ? 100_000 : 900;
  for (let index = 0; index < count; index += 1) {
    const name = `scan-${String(index).padStart(6, '0')}.pdf`;
    found.set(name, entry(name, 'file', Math.round(random.between(20_000, 4_000_000)), at - 400 * day));
  }
}

function entry(name: string, type: 'file' | 'dir', size: number, modified: number): TreeEntry {
  return {
    name,
    type,
    size,
    modifiedAt: new Date(modified).toISOString(),
    mode: type === 'dir' ? 0o755 : 0o644,
    uid: 1000,
    gid: 1000,
  };
}
