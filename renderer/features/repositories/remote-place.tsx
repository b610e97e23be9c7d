import { Button } from '@mantine/core';
import { IconShieldLock } from '@tabler/icons-react';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { locationText } from '../../../shared/domain/location.ts';
import type { PlaceProbe } from '../../../shared/domain/repository.ts';
import { asStillpointError, type StillpointError } from '../../../shared/errors/index.ts';
import { ask } from '../../state/ask.ts';
import { ErrorPanel } from '../../ui/error-panel.tsx';
import { Notice } from '../../ui/notice.tsx';
import { judgePlace, type PlaceWish } from './place-verdict.ts';
import {
  emptyDraft,
  type FieldErrors,
  fieldOf,
  isReadableOnTheWay,
  type RemoteAccess,
  type RemoteDraft,
  type RemoteKind,
  readDraft,
} from './remote-draft.ts';
import { RemoteFields } from './remote-fields.tsx';
import classes from './repositories.module.css';
import { Verdict } from './verdict.tsx';

/** A place on a server: what it needs, and a test that says what is there. Only what was tested can be used. */
export function RemotePlace({
  kind,
  wish,
  onWish,
  onChange,
}: {
  readonly kind: RemoteKind;
  readonly wish: PlaceWish;
  readonly onWish: (wish: PlaceWish) => void;
  /** Null while the place cannot be used. */
  readonly onChange: (access: RemoteAccess | null) => void;
}): ReactNode {
  const { t } = useTranslation('repositories');
  const [draft, setDraft] = useState<RemoteDraft>(emptyDraft);
  const [errors, setErrors] = useState<FieldErrors>({});
  const [testing, setTesting] = useState(false);
  const [found, setFound] = useState<{ readonly access: RemoteAccess; readonly probe: PlaceProbe } | null>(null);
  const [failure, setFailure] = useState<StillpointError | null>(null);
  /** An answer to what was asked before something was changed is none. */
  const asked = useRef(0);
  const verdict = found === null ? null : judgePlace(found.probe, wish);

  useEffect(() => {
    onChange(found !== null && verdict?.usable === true ? found.access : null);
  }, [found, verdict?.usable, onChange]);

  const change = (changes: Partial<RemoteDraft>): void => {
    asked.current += 1;
    setDraft((before) => ({ ...before, ...changes }));
    setErrors((before) => Object.fromEntries(Object.entries(before).filter(([name]) => !(name in changes))));
    setTesting(false);
    setFound(null);
    setFailure(null);
  };

  const test = async (): Promise<void> => {
    const { access, errors: wrong } = readDraft(kind, draft);
    setErrors(wrong);
    setFound(null);
    setFailure(null);
    if (access === null) return;
    asked.current += 1;
    const mine = asked.current;
    setTesting(true);
    try {
      const probe = await ask('repositories.probe', access);
      if (asked.current === mine) setFound({ access, probe });
    } catch (thrown) {
      if (asked.current !== mine) return;
      const error = asStillpointError(thrown);
      const field = fieldOf(kind, draft, error);
      if (field === undefined) setFailure(error);
      else setErrors({ [field]: `${error.message} ${error.guidance}` });
    } finally {
      if (asked.current === mine) setTesting(false);
    }
  };

  return (
    <div className={classes.places}>
      <p className={classes.quiet}>{t(`remote.line.${kind}`)}</p>
      <RemoteFields kind={kind} draft={draft} errors={errors} onChange={change} />
      {isReadableOnTheWay(kind, draft) && (
        <Notice tone="warn" title={t('remote.readable')}>
          {t('remote.readableLine')}
        </Notice>
      )}
      <div className={classes.test}>
        <Button variant="default" loading={testing} onClick={() => void test()}>
          {t('remote.test')}
        </Button>
        <span className={classes.quiet}>{t('remote.testLine')}</span>
      </div>
      {failure !== null && <ErrorPanel error={failure} onRetry={() => void test()} />}
      <div aria-live="polite" className={classes.verdict} hidden={found === null}>
        {found !== null && verdict !== null && (
          <Verdict
            path={locationText(found.access.location)}
            probe={found.probe}
            verdict={verdict}
            onFollow={onWish}
            remote
          />
        )}
      </div>
      {kind !== 'sftp' && found === null && (
        <p className={classes.tip}>
          <IconShieldLock size={17} aria-hidden="true" />
          <span>{t('remote.appendOnly')}</span>
        </p>
      )}
    </div>
  );
}
