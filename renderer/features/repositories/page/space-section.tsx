import { Button, Checkbox, NumberInput } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { PruneFigures } from '../../../../shared/domain/prune.ts';
import { ask } from '../../../state/ask.ts';
import { ErrorPanel } from '../../../ui/error-panel.tsx';
import { formatBytes } from '../../../ui/format/bytes.ts';
import { Notice } from '../../../ui/notice.tsx';
import { Segmented } from '../../../ui/segmented.tsx';
import type { RepositoryFacts } from '../repository-state.ts';
import classes from './page.module.css';
import { RunProgress } from './run-progress.tsx';
import { RunResult } from './run-result.tsx';
import { useReport, useRun, useStarted, useUnderWay } from './use-run.ts';

const gib = 1024 ** 3;
const usualPercent = 5;

interface Limits {
  /** Null: empty, which is no figure. */
  readonly percent: number | null;
  /** GiB; null: as much as it takes. */
  readonly rewrite: number | null;
  readonly small: boolean;
}

/** Space that nothing needs: looked at first, in figures; given back only when somebody says so. */
export function SpaceSection({
  repository,
  onDelete,
}: {
  readonly repository: RepositoryFacts;
  readonly onDelete: () => void;
}): ReactNode {
  const { t } = useTranslation('repository');
  const [limits, setLimits] = useState<Limits>({ percent: usualPercent, rewrite: null, small: false });
  const looked = useStarted();
  const freed = useStarted();
  const underWay = useUnderWay(repository, 'forget');
  const lookRun = useRun(looked.runId);
  const lookReport = useReport(lookRun);
  const freeRun = useRun(freed.runId);
  const isValid = limits.percent !== null && limits.percent >= 0 && limits.percent < 100;
  const prune = (dryRun: boolean) => () =>
    ask('repositories.prune', {
      id: repository.id,
      dryRun,
      limits: {
        maxUnused: { kind: 'percent', percent: limits.percent ?? usualPercent },
        ...(limits.rewrite === null ? {} : { maxRepackBytes: Math.round(limits.rewrite * gib) }),
        ...(limits.small ? { repackSmall: true } : {}),
      },
    });
  const change = (changes: Partial<Limits>): void => {
    setLimits({ ...limits, ...changes });
    // What was found holds for other limits.
    looked.reset();
  };
  const look = (): void => {
    freed.reset();
    looked.start(prune(true));
  };
  const free = (): void => {
    looked.reset();
    freed.start(prune(false));
  };
  const figures = lookReport?.kind === 'prune' ? lookReport.figures : null;
  const hasEnded = lookRun !== null && lookRun.finishedAt !== null;
  return (
    <section className={classes.section} aria-labelledby="space-title">
      <h2 id="space-title">{t('space.title')}</h2>
      <p className={classes.quiet}>
        {t('space.line')} {t(repository.location.kind === 'local' ? 'space.daily' : 'space.dailyRemote')}
      </p>
      {underWay !== undefined ? (
        <RunProgress run={underWay} />
      ) : (
        <>
          {figures !== null && <Found figures={figures} onStart={free} />}
          {hasEnded && figures === null && lookRun.outcome !== 'done' && <RunResult run={lookRun} />}
          {freeRun !== null && freeRun.finishedAt !== null && <RunResult run={freeRun} />}
        </>
      )}
      {[looked.error, freed.error].map((error) => error !== null && <ErrorPanel key={error.message} error={error} />)}
      <div className={classes.row}>
        <Button variant="default" disabled={underWay !== undefined || !isValid} onClick={look}>
          {t(figures === null ? 'space.look' : 'space.lookAgain')}
        </Button>
        <Button variant="subtle" disabled={underWay !== undefined} onClick={onDelete}>
          {t('space.delete')}
        </Button>
      </div>
      <details className={classes.more}>
        <summary>{t('space.limits')}</summary>
        <LimitFields limits={limits} isValid={isValid} onChange={change} />
      </details>
    </section>
  );
}

function LimitFields({
  limits,
  isValid,
  onChange,
}: {
  readonly limits: Limits;
  readonly isValid: boolean;
  readonly onChange: (changes: Partial<Limits>) => void;
}): ReactNode {
  const { t } = useTranslation('repository');
  return (
    <div className={classes.limitFields}>
      <NumberInput
        label={t('space.tolerate')}
        description={t('space.tolerateLine')}
        suffix=" %"
        min={0}
        max={99}
        classNames={{ wrapper: classes.shortInput ?? '' }}
        value={limits.percent ?? ''}
        error={isValid ? null : t('space.invalid')}
        onChange={(value) => onChange({ percent: typeof value === 'number' ? value : null })}
        hideControls
      />
      <div className={classes.row}>
        <span className={classes.fieldName}>{t('space.rewrite')}</span>
        <Segmented
          label={t('space.rewrite')}
          value={limits.rewrite === null ? 'free' : 'limited'}
          onChange={(value) => onChange({ rewrite: value === 'free' ? null : 2 })}
          options={[
            { value: 'free', label: t('space.rewriteFree') },
            { value: 'limited', label: t('space.rewriteLimited') },
          ]}
        />
        {limits.rewrite !== null && (
          <NumberInput
            aria-label={t('space.rewrite')}
            suffix=" GiB"
            min={0}
            max={1_000_000}
            w={120}
            hideControls
            value={limits.rewrite}
            onChange={(value) => typeof value === 'number' && onChange({ rewrite: Math.max(0, value) })}
          />
        )}
      </div>
      <Checkbox
        label={t('space.small')}
        description={t('space.smallLine')}
        checked={limits.small}
        onChange={(event) => onChange({ small: event.currentTarget.checked })}
      />
    </div>
  );
}

function Found({ figures, onStart }: { readonly figures: PruneFigures; readonly onStart: () => void }): ReactNode {
  const { t } = useTranslation('repository');
  const { deletePacks, repackPacks, repackBytes, newBytes, freedBytes, remainingBytes, neededBytes } = figures;
  const remaining = formatBytes(remainingBytes);
  if (deletePacks + repackPacks === 0) {
    return (
      <Notice tone="ok" live title={t('space.wouldNothing')}>
        {t('space.nothingLine', { remaining })}
      </Notice>
    );
  }
  const freed = formatBytes(Math.max(0, freedBytes));
  const all = Math.max(1, neededBytes + Math.max(0, freedBytes) + remainingBytes);
  const parts = [
    ['needed', neededBytes],
    ['freed', Math.max(0, freedBytes)],
    ['remaining', remainingBytes],
  ] as const;
  const rewrite = repackBytes === 0 ? '' : t('space.rewrites', { bytes: formatBytes(newBytes) });
  return (
    <div className={classes.found} role="status">
      <div className={classes.foundHead}>
        <strong>{t('space.would', { freed })}</strong>
        <Button variant="filled" onClick={onStart}>
          {freedBytes > 0 ? t('space.start', { freed }) : t('space.startJoin')}
        </Button>
      </div>
      <div
        className={classes.split}
        role="img"
        aria-label={t('space.bar', { needed: formatBytes(neededBytes), freed, remaining })}
      >
        {parts.map(([name, bytes]) => (
          <i key={name} data-part={name} style={{ flexGrow: bytes / all }} />
        ))}
      </div>
      <ul className={classes.splitKey} aria-hidden="true">
        {parts.map(([name, bytes]) => (
          <li key={name} data-part={name}>
            {formatBytes(bytes)} {t(`space.${name}`)}
          </li>
        ))}
      </ul>
      <p className={classes.quiet}>
        {t('space.wouldLine', { files: t('space.files', { count: deletePacks + repackPacks }), rewrite, remaining })}
      </p>
    </div>
  );
}
