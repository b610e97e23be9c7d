import type { Alert } from '../../../../shared/domain/alerts.ts';
import type { RunView } from '../../../../shared/ipc/runs.ts';
import type { SourceView } from '../../../../shared/ipc/sources.ts';
import { type AlertFacts as AlertFact, alertAbout, withoutPaths } from '../../../alerts/index.ts';
import { ago, sentence } from '../words.ts';

/** What was told of one source and is not over. */
export interface Told {
  /** Why it failed, as far as that was told. */
  readonly failed?: string | undefined;
  /** What it was weak of. */
  readonly weaker?: string | undefined;
  /** When it was told last that it is late. */
  readonly lateToldAt?: number | undefined;
}
export type ToldOf = Readonly<Record<string, Told>>;

export interface AlertFacts {
  readonly sources: readonly SourceView[];
  readonly latestBackups: readonly RunView[];
  /** Nothing is said of these yet. */
  readonly mayCatchUp: ReadonlySet<string>;
  readonly hostname: string;
  readonly now: number;
}

/** Who is away is reminded of what is late once a week: nobody else says it. */
export const remindMs = 7 * 86_400_000;

/**
 * What somebody who is away is to be told now, and what counts as told then. Each thing is told once; that it is over is
 * told too.
 */
export function alertsFor(facts: AlertFacts, toldOf: ToldOf): { readonly alerts: Alert[]; readonly told: ToldOf } {
  const alerts: Alert[] = [];
  const told: Record<string, Told> = {};
  for (const source of facts.sources) {
    const before = toldOf[source.id] ?? {};
    const isUndecided = source.health === 'running' || facts.mayCatchUp.has(source.id);
    const { events, after } = isUndecided ? { events: [], after: before } : judge(source, before, facts.now);
    for (const event of events) alerts.push(alertOf(event, source, facts));
    if (Object.keys(after).length > 0) told[source.id] = after;
  }
  return { alerts, told };
}

/** A run that went well, for a service that waits for such a sign of life. */
export function successAlert(run: RunView, sourceName: string, hostname: string): Alert {
  const at = Date.parse(run.finishedAt ?? run.startedAt);
  return alertAbout({ event: 'succeeded', sourceName, hostname, at, detail: withoutPaths(run.summary) });
}

function judge(source: SourceView, before: Told, now: number): { events: AlertFact['event'][]; after: Told } {
  const events: AlertFact['event'][] = [];
  let after = before;
  if (source.health === 'safe') {
    const wasTold = Object.keys(before).length > 0;
    return { events: wasTold ? ['recovered'] : [], after: {} };
  }
  if (source.health === 'failed' && before.failed !== source.healthText) {
    events.push('failed');
    after = { ...after, failed: source.healthText };
  }
  if (source.lateSince !== null && now - (before.lateToldAt ?? Number.NEGATIVE_INFINITY) >= remindMs) {
    events.push('late');
    after = { ...after, lateToldAt: now };
  }
  if (source.health === 'weaker' && before.weaker !== source.healthText) {
    events.push('weaker');
    after = { ...after, weaker: source.healthText };
  }
  return { events, after };
}

function alertOf(event: AlertFact['event'], source: SourceView, { latestBackups, hostname, now }: AlertFacts): Alert {
  const run = latestBackups.find(({ sourceId }) => sourceId === source.id);
  const detail = [whatOf(event, source), lastGoodOf(source, now), event === 'failed' ? guidanceOf(run) : ''];
  return alertAbout({
    ...{ event, sourceName: source.name, hostname, at: now },
    detail: detail.filter((sentence) => sentence !== '').join(' '),
  });
}

function whatOf(event: AlertFact['event'], source: SourceView): string {
  switch (event) {
    case 'failed':
      return sentence(withoutPaths(source.healthText));
    case 'late':
      return sentence(source.heldBack === '' ? 'No good backup was made in time' : source.heldBack);
    case 'weaker':
      return sentence(withoutPaths(source.healthText));
    default:
      return '';
  }
}

function lastGoodOf({ lastGood }: SourceView, now: number): string {
  return lastGood === null ? 'There is no good backup yet.' : `Last good backup: ${ago(lastGood.time, now)}.`;
}

function guidanceOf(run: RunView | undefined): string {
  return run?.outcome === 'failed' && run.error ? sentence(withoutPaths(run.error.guidance)) : '';
}
