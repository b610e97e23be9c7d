import { Button, Modal } from '@mantine/core';
import { type ReactNode, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { AlertChannel } from '../../../../shared/domain/alerts.ts';
import { asStillpointError, type StillpointError } from '../../../../shared/errors/index.ts';
import type { AlertChannelView } from '../../../../shared/ipc/alerts.ts';
import { ask } from '../../../state/ask.ts';
import { useStore } from '../../../state/store.ts';
import { ErrorPanel } from '../../../ui/error-panel.tsx';
import { Notice } from '../../../ui/notice.tsx';
import classes from '../settings.module.css';
import { type AlertDraft, type AlertField, channelOf, fieldOf, needsSecret } from './alert-draft.ts';
import { AlertFields } from './alert-fields.tsx';

/** A channel being added or changed. It can be tried before it is saved; what is secret is never shown again. */
export function AlertDialog({
  initial,
  known,
  onClose,
}: {
  readonly initial: AlertDraft;
  /** Null: it is new. */
  readonly known: AlertChannelView | null;
  readonly onClose: () => void;
}): ReactNode {
  const { t } = useTranslation(['alerts', 'ui']);
  const saveAlert = useStore((state) => state.saveAlert);
  const keepsSecrets = useStore((state) => state.info?.secretStore.available ?? false);
  const form = useRef<HTMLFormElement>(null);
  const [draft, setDraft] = useState(initial);
  const [secret, setSecret] = useState('');
  const [wrong, setWrong] = useState<readonly AlertField[]>([]);
  const [working, setWorking] = useState<'test' | 'save' | null>(null);
  const [answer, setAnswer] = useState<string | null>(null);
  const [error, setError] = useState<StillpointError | null>(null);
  const hasSecret = known?.hasSecret ?? false;

  const change = (next: AlertDraft): void => {
    setDraft(next);
    setWrong([]);
    setAnswer(null);
    setError(null);
  };
  const checked = (): AlertChannel | null => {
    const result = channelOf(draft);
    const fields: AlertField[] = result.ok ? [] : [...result.fields];
    if (needsSecret(draft.kind) && secret === '' && !hasSecret) fields.push('secret');
    setWrong(fields);
    // The first of them is where to go on, also for who cannot see the red.
    if (fields.length > 0)
      requestAnimationFrame(() => form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus());
    return result.ok && fields.length === 0 ? result.channel : null;
  };
  const attempt = async (what: 'test' | 'save', action: (channel: AlertChannel) => Promise<void>): Promise<void> => {
    const channel = checked();
    if (channel === null) return;
    setWorking(what);
    setAnswer(null);
    setError(null);
    try {
      await action(channel);
    } catch (thrown) {
      setError(asStillpointError(thrown));
    } finally {
      setWorking(null);
    }
  };
  const given = secret === '' ? {} : { secret };
  const test = (): Promise<void> =>
    attempt('test', async (channel) => setAnswer((await ask('alerts.test', { channel, ...given })).answer));
  const save = (): Promise<void> =>
    attempt('save', async (channel) => {
      await saveAlert(channel, secret === '' ? null : secret, answer);
      onClose();
    });
  const errorField = fieldOf(error?.field);
  const errorOf = (field: AlertField): string | null => {
    if (wrong.includes(field)) return t(`wrong.${wrongWords(draft, field)}`);
    if (error !== null && errorField === field) return `${error.message} ${error.guidance}`;
    return null;
  };
  return (
    <Modal
      opened
      onClose={onClose}
      title={t(known === null ? `new.${draft.kind}` : `change.${draft.kind}`)}
      size="lg"
      centered
      closeButtonProps={{ 'aria-label': t('ui:close') }}
      styles={{ title: { fontWeight: 600, fontSize: 16 } }}
    >
      <form
        ref={form}
        className={classes.form}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <p className={classes.quiet}>{t(`about.${draft.kind}`)}</p>
        <AlertFields
          draft={draft}
          secret={secret}
          hasSecret={hasSecret}
          errorOf={errorOf}
          onChange={change}
          onSecret={(next) => {
            setSecret(next);
            setAnswer(null);
            setError(null);
            setWrong(wrong.filter((field) => field !== 'secret'));
          }}
        />
        {!keepsSecrets && <p className={classes.quiet}>{t('noStore')}</p>}
        {answer !== null && (
          <Notice tone="ok" live title={t('testOk')}>
            {answer}
          </Notice>
        )}
        {error !== null && errorField === null && <ErrorPanel error={error} />}
        <div className={classes.formFoot}>
          <Button
            variant="default"
            loading={working === 'test'}
            disabled={working === 'save'}
            onClick={() => void test()}
          >
            {t('test')}
          </Button>
          <span className={classes.grow} />
          <Button variant="default" onClick={onClose}>
            {t('cancel')}
          </Button>
          <Button type="submit" variant="filled" loading={working === 'save'} disabled={working === 'test'}>
            {t('save')}
          </Button>
        </div>
      </form>
    </Modal>
  );
}

/** Which words tell what is wrong with a field: a secret is another thing in each kind, and so is a server. */
function wrongWords({ kind }: AlertDraft, field: AlertField): string {
  if (field === 'secret') return kind;
  return field === 'server' && kind === 'ntfy' ? 'address' : field;
}
