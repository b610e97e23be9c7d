import { IconMinus } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { isAtLeast } from '../../../shared/domain/level.ts';
import type { MethodPromise, Preflight } from '../../../shared/domain/preflight.ts';
import { formatDuration } from '../../ui/format/duration.ts';
import { formatNumber } from '../../ui/format/numbers.ts';
import { LevelMark } from '../../ui/level-mark.tsx';
import classes from './add-source.module.css';
import { groupLeftOut } from './left-out.ts';

const listedAtFirst = 8;

/** Everything the preflight found: where it lies, what is left out and named, each method with its reasons. */
export function PreflightFacts({ preflight }: { readonly preflight: Preflight }): ReactNode {
  const { t } = useTranslation(['add-source', 'levels', 'methods']);
  const [all, setAll] = useState(false);
  const { leftOut } = preflight;
  const shown = groupLeftOut(all ? leftOut : leftOut.slice(0, listedAtFirst));
  return (
    <div className={classes.facts}>
      <dl>
        <dt>{t('facts.filesystem')}</dt>
        <dd>{preflight.filesystem}</dd>
        <dt>{t('facts.mountPoint')}</dt>
        <dd>
          {preflight.mountPoint} <span className={classes.quiet}>{preflight.device}</span>
        </dd>
        <dt>{t('facts.leftOut')}</dt>
        <dd>
          {leftOut.length === 0 ? (
            t('facts.nothingLeftOut')
          ) : (
            <ul>
              {shown.map(({ paths, reason }) => (
                <li key={reason}>
                  <span className={classes.quiet}>{reason}</span>
                  <ul>
                    {paths.map((path) => (
                      <li key={path}>{path}</li>
                    ))}
                  </ul>
                </li>
              ))}
            </ul>
          )}
          {!all && leftOut.length > listedAtFirst && (
            <button type="button" className={classes.link} onClick={() => setAll(true)}>
              {t('facts.showAll', { n: formatNumber(leftOut.length) })}
            </button>
          )}
        </dd>
      </dl>
      {preflight.considered.length > 0 && <h3>{t('facts.methods')}</h3>}
      <ol className={classes.methods}>
        {ordered(preflight.considered).map((method) => {
          const chosen = method.method === preflight.chosen.method;
          return (
            <li key={method.method} data-chosen={chosen}>
              {method.level === 'torn' ? (
                <IconMinus size={14} className={classes.foreign ?? ''} aria-hidden="true" />
              ) : (
                <LevelMark level={method.level} />
              )}
              <span>
                <strong>{t(`methods:name.${method.method}`)}</strong>{' '}
                <span className={classes.quiet}>
                  {method.method}
                  {method.level !== 'torn' && ` · ${t(`levels:${method.level}.label`)}`}
                  {method.expectedStallMs > 0 && t('facts.stall', { stall: formatDuration(method.expectedStallMs) })}
                  {' · '}
                  {t(chosen ? 'facts.chosen' : method.available ? 'facts.available' : 'facts.notAvailable')}
                </span>
                {method.reasons.length > 0 && <span className={classes.reasons}>{method.reasons.join(' ')}</span>}
              </span>
            </li>
          );
        })}
      </ol>
      <p className={classes.quiet}>{t('facts.application')}</p>
    </div>
  );
}

/** Strongest first, then the shortest pause; what is for storage of another kind earns nothing and comes last. */
function ordered(considered: readonly MethodPromise[]): readonly MethodPromise[] {
  return considered.toSorted((a, b) =>
    a.level === b.level ? a.expectedStallMs - b.expectedStallMs : isAtLeast(a.level, b.level) ? -1 : 1,
  );
}
