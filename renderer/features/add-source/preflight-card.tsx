import { Loader } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { type ReactNode, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { TrialTarget } from '../../../shared/domain/freeze-trial.ts';
import type { Preflight } from '../../../shared/domain/preflight.ts';
import type { StillpointError } from '../../../shared/errors/index.ts';
import { ErrorPanel } from '../../ui/error-panel.tsx';
import { formatBytes } from '../../ui/format/bytes.ts';
import { formatDuration } from '../../ui/format/duration.ts';
import { LevelMark } from '../../ui/level-mark.tsx';
import classes from './add-source.module.css';
import { LeftOutLines } from './left-out-lines.tsx';
import { PreflightFacts } from './preflight-facts.tsx';
import { readPreflight } from './preflight-words.ts';
import { RightsButton } from './rights-button.tsx';
import { TrialCard } from './trial-card.tsx';

/** What a source will get, in one sentence, before anything is added; why not more; and every fact behind it. */
export function PreflightCard({
  preflight,
  isGroup = false,
  loading,
  error,
  target,
  onRetry,
}: {
  readonly preflight: Preflight | null;
  /** Of several places: all of them are held, or none. */
  readonly isGroup?: boolean;
  readonly loading: boolean;
  readonly error: StillpointError | null;
  /** The folder it is about. */
  readonly target: TrialTarget;
  readonly onRetry: () => void;
}): ReactNode {
  const { t } = useTranslation(['add-source', 'levels', 'methods']);
  const [facts, setFacts] = useState(false);
  const about = JSON.stringify(target);
  const tried = useRef('');
  if (error !== null) return <ErrorPanel error={error} onRetry={onRetry} />;
  if (preflight === null) {
    return (
      <div className={classes.card} role="status">
        <Loader size="xs" aria-hidden="true" />{' '}
        <span className={classes.quiet}>{t(isGroup ? 'preflight.lookingAll' : 'preflight.looking')}</span>
      </div>
    );
  }
  const promise = readPreflight(preflight);
  // Once asked it stays, to tell what came of it.
  if (promise.remedies.includes('trial')) tried.current = about;
  const isTrialShown = tried.current === about;
  const amount = t(preflight.counted ? 'preflight.amount' : 'preflight.amountAtLeast', {
    count: preflight.files,
    bytes: formatBytes(preflight.bytes),
  });
  return (
    <section className={classes.card} aria-label={t('preflight.label')} aria-busy={loading}>
      <div className={classes.cardMain} aria-live="polite">
        <p className={classes.promise}>
          {t(promise.manner === 'watched' ? 'preflight.getWatched' : 'preflight.get')}{' '}
          <LevelMark level={promise.level} size={13} /> <strong>{t(`levels:${promise.level}.label`)}</strong>
          {promise.manner === 'held' && t('preflight.pause', { stall: formatDuration(promise.stallMs) })}
          {promise.manner === 'instant' && t('preflight.noPause')}
          {promise.manner === 'watched' && '.'}
        </p>
        <p className={classes.quiet}>
          {promise.manner === 'watched' ? t('preflight.watchedLine') : t(`levels:${promise.level}.line`)}
        </p>
        {isGroup && promise.manner === 'held' && <p className={classes.quiet}>{t('preflight.together')}</p>}
        {promise.manner !== 'watched' && !isGroup && (
          <p className={classes.quiet}>{t(`methods:how.${preflight.chosen.method}`)}</p>
        )}
        {promise.because !== null && !isTrialShown && (
          <p className={classes.because}>
            {t(isGroup ? 'preflight.notTogether' : 'preflight.notStronger', { reason: promise.because })}
          </p>
        )}
        {promise.notShorter !== null && (
          <p className={classes.because}>{t('preflight.shorter', { reason: promise.notShorter })}</p>
        )}
        {preflight.freezesWholeFilesystem && promise.manner === 'held' && (
          <p className={classes.caution}>
            <IconAlertTriangle size={16} aria-hidden="true" />
            {isGroup ? t('preflight.wholeOfAll') : t('preflight.whole', { mount: preflight.mountPoint })}
          </p>
        )}
        <LeftOutLines leftOut={preflight.leftOut} />
        <Remedies remedies={promise.remedies} />
      </div>
      {isTrialShown && <TrialCard key={about} target={target} name={null} onDone={onRetry} />}
      <p className={classes.quiet}>
        {amount}{' '}
        <button type="button" className={classes.link} aria-expanded={facts} onClick={() => setFacts(!facts)}>
          {t(facts ? 'preflight.factsLess' : 'preflight.factsMore')}
        </button>
      </p>
      {facts && <PreflightFacts preflight={preflight} />}
    </section>
  );
}

function Remedies({ remedies }: { readonly remedies: readonly string[] }): ReactNode {
  const { t } = useTranslation('add-source');
  // What the card below or a button does is not said again.
  const others = remedies.filter((remedy) => remedy !== 'grant-helper' && remedy !== 'trial');
  if (remedies.length === 0) return null;
  return (
    <div className={classes.remedies}>
      {remedies.includes('grant-helper') && <RightsButton />}
      {others.length > 0 && (
        <span className={classes.quiet}>
          {t('preflight.stronger')} {others.map((remedy) => t(`remedy.${remedy}`)).join(' ')}
        </span>
      )}
    </div>
  );
}
