import type { RepositoryId, SourceId } from '../../../shared/domain/ids.ts';
import type { RunView } from '../../../shared/ipc/runs.ts';
import type { Health, SourceView } from '../../../shared/ipc/sources.ts';
import type { Place } from './notices/notice.ts';
import { ago, clockOf, listOf, untilWords } from './words.ts';

/** States of the picture in the tray; each differs in shape, not in colour alone. */
export type TrayIcon = 'safe' | 'running' | 'waiting' | 'attention' | 'failed' | 'paused' | 'empty';

export type PauseLength = 'hour' | 'three-hours' | 'tomorrow' | 'forever';

/** What an item of the menu does. `open` and `quit` are the shell's; the rest goes to `tray.act`. */
export type TrayAction =
  | { readonly kind: 'back-up'; readonly sourceId: SourceId }
  | { readonly kind: 'back-up-all' }
  | { readonly kind: 'pause'; readonly length: PauseLength }
  | { readonly kind: 'resume' }
  | { readonly kind: 'eject'; readonly repositoryId: RepositoryId }
  | { readonly kind: 'open'; readonly place: Place | null }
  | { readonly kind: 'quit' };

export type TrayItem =
  /** Says something; cannot be clicked. */
  | { readonly kind: 'text'; readonly label: string }
  | { readonly kind: 'separator' }
  | { readonly kind: 'action'; readonly label: string; readonly action: TrayAction; readonly enabled: boolean }
  | { readonly kind: 'menu'; readonly label: string; readonly enabled: boolean; readonly items: readonly TrayItem[] };

export interface TrayModel {
  readonly icon: TrayIcon;
  /** The state in words, one line each. */
  readonly tooltip: string;
  readonly items: readonly TrayItem[];
}

export interface TrayFacts {
  readonly sources: readonly SourceView[];
  readonly active: readonly RunView[];
  readonly pausedUntil: number | 'forever' | null;
  /** Disks that are there and can be made safe to unplug. */
  readonly ejectable: readonly { readonly id: RepositoryId; readonly name: string }[];
  /** Why nothing can be backed up at all; empty when it can. */
  readonly problem: string;
  readonly now: number;
  /** IANA name; what a person calls noon. */
  readonly zone: string;
}

/** What the tray shows: the state by picture and words, and what one may want without opening a window. */
export function trayModel(facts: TrayFacts): TrayModel {
  const icon = iconOf(facts);
  const state = stateWords(facts);
  return {
    icon,
    tooltip: ['Stillpoint', state, ...detailWords(facts)].join('\n'),
    items: [
      { kind: 'text', label: state },
      ...detailWords(facts).map((label): TrayItem => ({ kind: 'text', label })),
      { kind: 'separator' },
      backUpItem(facts),
      pauseItem(facts),
      ...facts.ejectable.map(
        ({ id, name }): TrayItem => ({
          kind: 'action',
          label: `Eject ${name}`,
          action: { kind: 'eject', repositoryId: id },
          enabled: facts.active.length === 0,
        }),
      ),
      { kind: 'separator' },
      { kind: 'action', label: 'Open Stillpoint', action: { kind: 'open', place: null }, enabled: true },
      { kind: 'action', label: 'Quit', action: { kind: 'quit' }, enabled: true },
    ],
  };
}

const worstFirst: readonly { readonly health: Health; readonly icon: TrayIcon }[] = [
  { health: 'failed', icon: 'failed' },
  { health: 'late', icon: 'attention' },
  { health: 'weaker', icon: 'attention' },
  { health: 'waiting', icon: 'waiting' },
];

/** A run that goes on is what one looks for first; then what is wrong; a pause hides nothing that is wrong. */
function iconOf({ sources, active, pausedUntil, problem }: TrayFacts): TrayIcon {
  if (problem !== '') return 'failed';
  if (active.length > 0) return 'running';
  const worst = worstFirst.find(({ health }) => sources.some((source) => source.health === health));
  if (worst && worst.icon !== 'waiting') return worst.icon;
  if (pausedUntil !== null) return 'paused';
  if (worst) return worst.icon;
  return sources.length === 0 ? 'empty' : 'safe';
}

function stateWords({ sources, active, problem }: TrayFacts): string {
  if (problem !== '') return 'Nothing can be backed up';
  const [running] = active;
  if (running) return active.length === 1 ? running.title : `${running.title}, and ${active.length - 1} more`;
  if (sources.length === 0) return 'Nothing is protected yet';
  const safe = sources.filter(({ health }) => health === 'safe').length;
  if (safe === sources.length) return sources.length === 1 ? `${sources[0]?.name} is safe` : `All ${safe} are safe`;
  const worst = worstFirst.find(({ health }) => sources.some((source) => source.health === health));
  const named = sources.filter(({ health }) => health === (worst?.health ?? 'new'));
  if (worst?.health === 'waiting') return waitingWords(named);
  const names = listOf(named.map(({ name }) => name));
  return `${names}: ${healthWords[worst?.health ?? 'new']}`;
}

/** Who waits, and for what: `Photos and Music: waiting for Backups`. */
function waitingWords(waiting: readonly SourceView[]): string {
  return [...Map.groupBy(waiting, ({ healthText }) => healthText.replace(/\.$/, ''))]
    .map(([why, sources]) => `${listOf(sources.map(({ name }) => name))}: ${waitingFor(why)}`)
    .join('; ');
}

function waitingFor(why: string): string {
  if (why === '') return healthWords.waiting;
  return /^waiting\b/i.test(why) ? `waiting${why.slice('waiting'.length)}` : `${healthWords.waiting}. ${why}`;
}

const healthWords: Readonly<Record<Health, string>> = {
  safe: 'safe',
  new: 'not backed up yet',
  running: 'backing up',
  waiting: 'waiting',
  late: 'late',
  weaker: 'weaker than asked for',
  failed: 'failed',
};

function detailWords({ sources, pausedUntil, now, zone }: TrayFacts): string[] {
  const last = Math.max(...sources.map((source) => source.lastGood?.time ?? Number.NEGATIVE_INFINITY));
  // What is planned for a source that waits does not begin at its time.
  const free = sources.filter((source) => !isHeldBack(source));
  const next = Math.min(...free.map(({ nextRunAt }) => nextRunAt ?? Number.POSITIVE_INFINITY));
  return [
    ...(sources.length === 0 ? [] : [Number.isFinite(last) ? `Last backup ${ago(last, now)}` : 'No backup yet']),
    ...(pausedUntil === null
      ? []
      : [pausedUntil === 'forever' ? 'Paused' : `Paused ${untilWords(pausedUntil, now, zone)}`]),
    ...(pausedUntil !== null
      ? []
      : Number.isFinite(next)
        ? [`Next ${clockOf(next, now, zone)}`]
        : heldBackLines(sources)),
  ];
}

/** What was owed before is not made, so nobody can say when what comes after it is. */
function isHeldBack({ health, heldBack }: SourceView): boolean {
  return health === 'waiting' || heldBack !== '';
}

/** What all that is planned waits for. Who is marked as waiting has said so in the line of the state. */
function heldBackLines(sources: readonly SourceView[]): string[] {
  const held = sources.filter(({ health, heldBack }) => health !== 'waiting' && heldBack !== '');
  return [...new Set(held.map(({ heldBack }) => heldBack.replace(/\.$/, '')))];
}

function backUpItem({ sources, active }: TrayFacts): TrayItem {
  const isRunning = (id: SourceId): boolean =>
    active.some(({ kind, sourceId }) => kind === 'backup' && sourceId === id);
  const label = 'Back up now';
  const [only] = sources;
  if (sources.length === 1 && only) {
    return { kind: 'action', label, action: { kind: 'back-up', sourceId: only.id }, enabled: !isRunning(only.id) };
  }
  return {
    kind: 'menu',
    label,
    enabled: sources.length > 0,
    items: [
      {
        kind: 'action',
        label: 'All',
        action: { kind: 'back-up-all' },
        enabled: !sources.every(({ id }) => isRunning(id)),
      },
      { kind: 'separator' },
      ...sources.map(
        ({ id, name }): TrayItem => ({
          kind: 'action',
          label: name,
          action: { kind: 'back-up', sourceId: id },
          enabled: !isRunning(id),
        }),
      ),
    ],
  };
}

function pauseItem({ pausedUntil, sources }: TrayFacts): TrayItem {
  if (pausedUntil !== null)
    return { kind: 'action', label: 'Resume backups', action: { kind: 'resume' }, enabled: true };
  const lengths: readonly [PauseLength, string][] = [
    ['hour', '1 hour'],
    ['three-hours', '3 hours'],
    ['tomorrow', 'Until tomorrow'],
    ['forever', 'Until I resume'],
  ];
  return {
    kind: 'menu',
    label: 'Pause backups',
    enabled: sources.length > 0,
    items: lengths.map(([length, label]) => ({
      kind: 'action',
      label,
      action: { kind: 'pause', length },
      enabled: true,
    })),
  };
}

/** When a pause of that length ends. Tomorrow begins at six in the morning: who pauses at night means the night. */
export function pauseEnd(length: PauseLength, now: number): number | 'forever' {
  const hour = 3_600_000;
  if (length === 'forever') return 'forever';
  if (length !== 'tomorrow') return now + (length === 'hour' ? hour : 3 * hour);
  const morning = new Date(now);
  morning.setHours(6, 0, 0, 0);
  if (morning.getTime() <= now) morning.setDate(morning.getDate() + 1);
  return morning.getTime();
}
