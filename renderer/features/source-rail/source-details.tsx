import { Button } from '@mantine/core';
import { IconEdit, IconPlayerPlay, IconTrash } from '@tabler/icons-react';
import { type ReactNode, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { SourceId } from '../../../shared/domain/ids.ts';
import { type FilesystemSpec, placesOf, specPaths } from '../../../shared/domain/source.ts';
import type { SourceView } from '../../../shared/ipc/sources.ts';
import type { Lane, SnapshotMark } from '../../../shared/ipc/timeline.ts';
import { whyLate } from '../../state/late-words.ts';
import { usePolicyParts } from '../../state/policy-parts.ts';
import { useStillParts } from '../../state/still-parts.ts';
import { useStore } from '../../state/store.ts';
import { formatDay, formatTime } from '../../ui/format/date-time.ts';
import { formatDuration } from '../../ui/format/duration.ts';
import { formatNumber } from '../../ui/format/numbers.ts';
import { LevelMark } from '../../ui/level-mark.tsx';
import { Notice } from '../../ui/notice.tsx';
import { useNow } from '../../ui/use-now.ts';
import { HealthMark } from './health-mark.tsx';
import { MissedRuns } from './missed-runs.tsx';
import { QuietLine } from './quiet-line.tsx';
import { RemoveSourceDialog } from './remove-source-dialog.tsx';
import { SourceKindIcon } from './source-kind-icon.tsx';
import { nextRun } from './source-line.ts';
import classes from './source-rail.module.css';
import { useSourceWords } from './source-words.ts';

/** A source by itself: what it is asked for and what it got. */
export function SourceDetails({
  source,
  lane,
  onBackUp,
}: {
  readonly source: SourceView;
  readonly lane: Lane | undefined;
  readonly onBackUp: (sourceId: SourceId) => void;
}): ReactNode {
  const { t } = useTranslation(['source-rail', 'levels']);
  const words = useSourceWords(source);
  const now = useNow(60_000);
  const open = useStore((state) => state.open);
  const repository = useStore((state) => state.repositories?.find(({ id }) => id === source.policy.repositoryId));
  const [removing, setRemoving] = useState(false);
  const next = nextRun(source, now);
  const { usePolicyWords } = usePolicyParts();
  const policy = usePolicyWords()(source.policy);
  const { TrialCard } = useStillParts();
  const trialTarget = useMemo(() => ({ sourceId: source.id }), [source.id]);
  return (
    <div className={classes.details}>
      <header className={classes.detailsHead}>
        <SourceKindIcon kind={lane?.kind ?? source.spec.kind} name={source.name} size={22} />
        <h2>{source.name}</h2>
        <HealthMark health={source.health} />
      </header>
      {source.health !== 'late' && (
        <p className={classes.detailsWords} data-health={source.health}>
          {words}
        </p>
      )}
      <LateNotice source={source} />
      <TrialCard key={source.id} target={trialTarget} name={source.name} onDone={ignore} />
      <div className={classes.detailsActions}>
        <Button
          variant="filled"
          leftSection={<IconPlayerPlay size={16} aria-hidden="true" />}
          disabled={source.health === 'running'}
          onClick={() => onBackUp(source.id)}
        >
          {t('menu.backUp')}
        </Button>
        <Button
          variant="default"
          leftSection={<IconEdit size={16} aria-hidden="true" />}
          onClick={() => open({ name: 'edit-source', sourceId: source.id })}
        >
          {t('menu.edit')}
        </Button>
      </div>
      <dl className={classes.facts}>
        <dt>{t('details.where')}</dt>
        <dd>
          {specPaths(source.spec).map((path) => (
            <div key={path}>{path}</div>
          ))}
          {source.spec.kind === 'group' && <div className={classes.quiet}>{t('details.together')}</div>}
        </dd>
        <dt>{t('details.asked')}</dt>
        <dd>
          {t('details.askedText', {
            level: t(`levels:${source.policy.requiredLevel}.label`),
            pause: formatDuration(source.policy.longestStallMs),
          })}
        </dd>
        <dt>{t('details.lastGood')}</dt>
        <dd>
          <MarkLine mark={source.lastGood} laneKey={lane?.key} />
        </dd>
        {source.last?.id !== source.lastGood?.id && (
          <>
            <dt>{t('details.last')}</dt>
            <dd>
              <MarkLine mark={source.last} laneKey={lane?.key} />
            </dd>
          </>
        )}
        <QuietLine key={`quiet ${source.id}`} sourceId={source.id} lane={lane} />
        <dt>{t('details.next')}</dt>
        <dd>{nextWords(source, next, now, t)}</dd>
        <dt>{t('details.when')}</dt>
        <dd>
          {policy.schedule}
          {policy.conditions !== '' && <div className={classes.quiet}>{policy.conditions}</div>}
        </dd>
        <dt>{t('details.kept')}</dt>
        <dd>
          {policy.keep}{' '}
          <button
            type="button"
            className={classes.markLine}
            onClick={() => open({ name: 'edit-policy', sourceId: source.id })}
          >
            {t('details.change')}
          </button>
        </dd>
        <dt>{t('details.repository')}</dt>
        <dd>{repository?.name ?? '–'}</dd>
        <dt>{t('details.snapshots')}</dt>
        <dd>{formatNumber(lane?.snapshots.length ?? 0)}</dd>
        <dt>{t('details.excludes')}</dt>
        <dd>
          <LeftOut places={placesOf(source.spec)} />
        </dd>
      </dl>
      {lane !== undefined && <MissedRuns missed={lane.missed} />}
      <Button
        variant="subtle"
        color="bad"
        size="compact-sm"
        className={classes.detailsRemove ?? ''}
        leftSection={<IconTrash size={16} aria-hidden="true" />}
        onClick={() => setRemoving(true)}
      >
        {t('menu.remove')}
      </Button>
      <RemoveSourceDialog source={source} opened={removing} onClose={() => setRemoving(false)} />
    </div>
  );
}

function ignore(): void {}

/** What is left out, in few words: presets by name, own rules by number, folders in full. */
function LeftOut({ places }: { readonly places: readonly FilesystemSpec[] }): ReactNode {
  const { t } = useTranslation('source-rail');
  const presets = [...new Set(places.flatMap(({ excludePresets }) => excludePresets))].map((preset) =>
    t(`details.preset.${preset}`),
  );
  const lines = places.flatMap(({ ignoreLines }) => ignoreLines);
  const rules = lines.filter((line) => line.trim() !== '' && !line.startsWith('#')).length;
  const excludes = places.flatMap((place) => place.excludes);
  if (presets.length + rules + excludes.length === 0) return t('details.excludesNone');
  return (
    <>
      {presets.length > 0 && <div>{presets.join(', ')}</div>}
      {rules > 0 && <div>{t('details.excludesRules', { count: rules })}</div>}
      {excludes.map((path) => (
        <div key={path}>{path}</div>
      ))}
    </>
  );
}

function nextWords(
  source: SourceView,
  next: number | null,
  now: number,
  t: ReturnType<typeof useTranslation<['source-rail', 'levels']>>['t'],
): string {
  if (source.heldBack !== '') return t('details.heldBack', { why: source.heldBack });
  if (next !== null) return `${formatDay(next, now)}, ${formatTime(next)}`;
  return t(source.policy.schedule.kind === 'manual' ? 'details.notPlanned' : 'details.nothingPlanned');
}

/** That the last good snapshot is too old, since when, and what stands in the way. */
function LateNotice({ source }: { readonly source: SourceView }): ReactNode {
  const { t } = useTranslation('source-rail');
  const now = useNow(60_000);
  if (source.lateSince === null || source.health === 'running') return null;
  const why = whyLate(source);
  return (
    <Notice
      tone="warn"
      title={t('details.late', { when: `${formatDay(source.lateSince, now)}, ${formatTime(source.lateSince)}` })}
    >
      {why !== '' && t('details.lateWhy', { why })} {t('details.lateWhat')}
    </Notice>
  );
}

/** A lane whose source is not registered here. */
export function ForeignDetails({ lane }: { readonly lane: Lane }): ReactNode {
  const { t } = useTranslation('source-rail');
  const last = lane.snapshots.at(-1) ?? null;
  return (
    <div className={classes.details}>
      <header className={classes.detailsHead}>
        <SourceKindIcon kind={lane.kind} name={lane.name} size={22} />
        <h2>{lane.name}</h2>
      </header>
      <p className={classes.detailsWords}>{lane.detail}</p>
      <p>{t(last?.kind === 'foreign' ? 'details.foreign' : 'details.unregistered')}</p>
      <dl className={classes.facts}>
        <dt>{t('details.last')}</dt>
        <dd>
          <MarkLine mark={last} laneKey={lane.key} />
        </dd>
        <dt>{t('details.snapshots')}</dt>
        <dd>{formatNumber(lane.snapshots.length)}</dd>
      </dl>
    </div>
  );
}

function MarkLine({
  mark,
  laneKey,
}: {
  readonly mark: SnapshotMark | null;
  readonly laneKey: string | undefined;
}): ReactNode {
  const { t } = useTranslation(['source-rail', 'levels']);
  const now = useNow(60_000);
  if (mark === null) return t('details.none');
  const level = mark.level ?? 'unknown';
  return (
    <button
      type="button"
      className={classes.markLine}
      onClick={() =>
        useStore.getState().selectSnapshot({ repositoryId: mark.repositoryId, snapshotId: mark.id }, laneKey ?? null)
      }
    >
      <LevelMark level={level} size={11} />
      {formatDay(mark.time, now)}, {formatTime(mark.time)} · {t(`levels:${level}.label`)}
    </button>
  );
}
