import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Preflight } from '../../../shared/domain/preflight.ts';
import classes from './add-source.module.css';
import { groupLeftOut } from './left-out.ts';

/** What is left out is named at once as far as a few lines bear it; all of it stands among the facts. */
const linesAtOnce = 3;
const pathsAtOnce = 12;

/** One line for each reason; where it holds for many paths, they unfold. */
export function LeftOutLines({ leftOut }: { readonly leftOut: Preflight['leftOut'] }): ReactNode {
  const { t } = useTranslation('add-source');
  const groups = groupLeftOut(leftOut);
  const further = groups.slice(linesAtOnce).reduce((sum, { paths }) => sum + paths.length, 0);
  return (
    <>
      {groups.slice(0, linesAtOnce).map(({ reason, paths }) =>
        paths.length === 1 ? (
          <p key={reason} className={classes.quiet}>
            {t('preflight.leftOut', { path: paths[0], reason })}
          </p>
        ) : (
          <details key={reason} className={classes.leftOut}>
            <summary>{t('preflight.leftOutMany', { count: paths.length, reason })}</summary>
            <ul>
              {paths.slice(0, pathsAtOnce).map((path) => (
                <li key={path}>{path}</li>
              ))}
            </ul>
            {paths.length > pathsAtOnce && t('preflight.leftOutMore', { count: paths.length - pathsAtOnce })}
          </details>
        ),
      )}
      {further > 0 && <p className={classes.quiet}>{t('preflight.leftOutMore', { count: further })}</p>}
    </>
  );
}
