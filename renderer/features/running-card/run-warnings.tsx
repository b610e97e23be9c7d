import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { RunWarning } from '../../../shared/domain/run.ts';
import type { RunView } from '../../../shared/ipc/runs.ts';
import { groupChanged } from '../../state/changed-files.ts';
import { changedWords } from '../../state/changed-words.ts';
import classes from './running-card.module.css';

const shownAtOnce = 200;

/** What a run has to warn of, folded: documents that changed before logs and caches that did, then the rest. */
export function RunWarnings({ run }: { readonly run: RunView }): ReactNode {
  const { t } = useTranslation(['running-card', 'changed-files']);
  const { t: changed } = useTranslation('changed-files');
  const torn = run.warnings.filter(({ code }) => code === 'torn');
  const others = run.warnings.filter(({ code }) => code !== 'torn');
  // Only where all of them are of files that changed do the unlisted ones count as such.
  const groups = groupChanged(torn, others.length === 0 ? run.warningsTotal : torn.length);
  const { documents, logsAndCaches } = groups;
  const unlisted = run.warningsTotal - run.warnings.length;
  return (
    <details className={classes.warnings}>
      <summary>
        {torn.length > 0 ? changedWords(groups, changed) : t('end.warningsCount', { count: run.warningsTotal })}
      </summary>
      <div className={classes.warningList}>
        {documents.length > 0 && logsAndCaches.length > 0 && <h4>{t('changed-files:documentsTitle')}</h4>}
        <Warnings warnings={[...documents, ...others]} />
        {logsAndCaches.length > 0 && (
          <>
            <h4>{t('changed-files:logsTitle')}</h4>
            <p>{t('changed-files:logsLine')}</p>
            <Warnings warnings={logsAndCaches} />
          </>
        )}
        {unlisted > 0 && <p>{t('end.more', { count: unlisted })}</p>}
      </div>
    </details>
  );
}

function Warnings({ warnings }: { readonly warnings: readonly RunWarning[] }): ReactNode {
  const { t } = useTranslation('running-card');
  if (warnings.length === 0) return null;
  return (
    <ul>
      {warnings.slice(0, shownAtOnce).map(({ code, path, text }) => (
        <li key={`${code} ${path ?? ''} ${text}`}>
          {path !== undefined && <code>{path}</code>} {text}
        </li>
      ))}
      {warnings.length > shownAtOnce && <li>{t('end.more', { count: warnings.length - shownAtOnce })}</li>}
    </ul>
  );
}
