import { applyKeepRules } from '../../../../shared/domain/keep/apply.ts';
import type { KeepRules, WithinName } from '../../../../shared/domain/keep/rules.ts';
import { decodeTime } from '../format/times.ts';
import { asKept, type History, type Policy } from './keep-histories.ts';
import type { ResticPlace } from './restic-program.ts';

interface Group {
  readonly host: string;
  readonly keep: readonly Listed[] | null;
  readonly remove: readonly Listed[] | null;
  readonly reasons: readonly { readonly snapshot: Listed; readonly matches: readonly string[] }[] | null;
}

interface Listed {
  readonly time: string;
  readonly tags?: readonly string[] | null;
}

const options: Readonly<Record<Exclude<keyof KeepRules, 'tags'>, string>> = {
  last: '--keep-last',
  hourly: '--keep-hourly',
  daily: '--keep-daily',
  weekly: '--keep-weekly',
  monthly: '--keep-monthly',
  yearly: '--keep-yearly',
  within: '--keep-within',
  withinHourly: '--keep-within-hourly',
  withinDaily: '--keep-within-daily',
  withinWeekly: '--keep-within-weekly',
  withinMonthly: '--keep-within-monthly',
  withinYearly: '--keep-within-yearly',
};

export function resticOptions(rules: KeepRules, all = 'unlimited'): string[] {
  const { tags, ...others } = rules;
  const set = Object.entries(others).filter(([, value]) => value !== 0 && value !== null);
  return [
    ...set.flatMap(([name, value]) => [options[name as keyof typeof options], value === 'all' ? all : String(value)]),
    ...tags.flatMap((tag) => ['--keep-tag', tag]),
  ];
}

/** What one program decides about every host: for each, lines that say time, tags, fate and reasons, sorted. */
export type Decisions = ReadonlyMap<string, readonly string[]>;

export async function resticDecisions(
  place: ResticPlace,
  { rules, zone }: Policy,
  all = 'unlimited',
): Promise<Decisions> {
  const text = await place
    .inZone(zone)
    .restic(...['forget', '--dry-run', '--json', '--no-lock', '--group-by', 'host'], ...resticOptions(rules, all));
  const groups = JSON.parse(text.split('\n', 1)[0] ?? '') as Group[];
  return new Map(
    groups.map(({ host, keep, remove, reasons }) => [
      host,
      [
        ...(keep ?? []).map((kept, at) => line(kept, reasons?.[at]?.matches.map(reasonName) ?? [])),
        ...(remove ?? []).map((gone) => line(gone, null)),
      ].sort(),
    ]),
  );
}

export function ourDecisions(histories: readonly History[], { rules, zone }: Policy): Decisions {
  return new Map(
    histories.map((history) => {
      const decided = new Map(
        applyKeepRules(asKept(history), rules, zone, Date.now()).map((decision) => [decision.id, decision]),
      );
      const lines = history.snapshots.map((snapshot, position) => {
        const { keep = false, reasons = [] } = decided.get(`${history.host} ${position}`) ?? {};
        return line(snapshot, keep ? reasons : null);
      });
      return [history.host, lines.sort()];
    }),
  );
}

function line({ time, tags }: Listed, reasons: readonly string[] | null): string {
  const fate = reasons === null ? 'goes' : `stays: ${[...new Set(reasons)].join(', ')}`;
  return `${time} [${(tags ?? []).join()}] ${fate}`;
}

/** `oldest daily snapshot` -> `daily`, `weekly within 2m` -> `withinWeekly`, `has tags [keep]` -> `tag`. */
function reasonName(match: string): string {
  const text = match.replace(/^oldest /, '');
  if (text.startsWith('has tags')) return 'tag';
  if (text.startsWith('within ')) return 'within' satisfies WithinName;
  const [word = ''] = text.split(' ');
  return text.includes(' within ') ? `within${word.charAt(0).toUpperCase()}${word.slice(1)}` : word;
}

/** Hosts about which two programs disagree, with what each says. */
export function disagreements(
  one: Decisions,
  other: Decisions,
  isCompared = (_host: string, _line: string) => true,
): string[] {
  return [...new Set([...one.keys(), ...other.keys()])].flatMap((host) => {
    const [left = [], right = []] = [one, other].map((each) =>
      each.get(host)?.filter((text) => isCompared(host, text)),
    );
    const different = left.filter((text) => !right.includes(text));
    const reverse = right.filter((text) => !left.includes(text));
    const isSame = left.length === right.length && left.every((text, at) => text === right[at]);
    return isSame ? [] : [`${host}: ${different.join(' | ')}  --  ${reverse.join(' | ')}`];
  });
}

/** Compares all but the oldest snapshot of each host, about which older programs decide otherwise. */
export function exceptOldest(histories: readonly History[]): (host: string, line: string) => boolean {
  const oldest = new Map(
    histories.map(({ host, snapshots }) => [
      host,
      snapshots.reduce((one, other) => (decodeTime(other.time, 'It') < decodeTime(one.time, 'It') ? other : one)).time,
    ]),
  );
  return (host, text) => !text.startsWith(`${oldest.get(host)} `);
}
