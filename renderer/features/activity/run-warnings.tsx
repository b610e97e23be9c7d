import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { RunWarning } from '../../../shared/domain/run.ts';
import type { RunView } from '../../../shared/ipc/runs.ts';
import { groupChanged } from '../../state/changed-files.ts';
import classes from './activity.module.css';

/** What a run had to warn of: documents that changed and the rest first, logs and caches that changed apart. */
export function RunWarnings({ run }: { readonly run: RunView }): ReactNode {
  const { t } = useTranslation(['activity', 'changed-files']);
  const torn = groupChanged(
    run.warnings.filter(({ code }) => code === 'torn'),
    0,
  );
  const others = run.warnings.filter(({ code }) => code !== 'torn');
  return (
    <>
      <Warnings title={t('warnings')} warnings={[...torn.documents, ...others]} />
      <Warnings title={t('changed-files:logsTitle')} warnings={torn.logsAndCaches} />
    </>
  );
}

function Warnings({
  title,
  warnings,
}: {
  readonly title: string;
  readonly warnings: readonly RunWarning[];
}): ReactNode {
  if (warnings.length === 0) return null;
  return (
    <section>
      <h3>{title}</h3>
      <ul className={classes.warnings}>
        {warnings.map(({ code, path, text }) => (
          <li key={`${code} ${path ?? ''} ${text}`}>
            {path !== undefined && <code>{path}</code>} {text}
          </li>
        ))}
      </ul>
    </section>
  );
}
