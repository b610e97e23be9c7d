import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { SerializedError } from '../../shared/errors/index.ts';
import { Notice } from './notice.tsx';
import classes from './ui.module.css';

/** The part of `StillpointError` and `SerializedError` that people see. */
export type ShownError = Pick<SerializedError, 'message' | 'guidance' | 'retryable'> & {
  readonly cause?: unknown;
};

/**
 * An error in words, its guidance, and the button that helps: `actions`, else *Try again* where a retry can help. The field an
 * error names is not shown: it is the word of a program, and a form that has it shows the error beside its input.
 */
export function ErrorPanel({
  error,
  onRetry,
  actions,
}: {
  readonly error: ShownError;
  readonly onRetry?: (() => void) | undefined;
  readonly actions?: ReactNode;
}): ReactNode {
  const { t } = useTranslation('ui');
  const cause = causeText(error.cause);
  const retry =
    onRetry !== undefined && error.retryable ? <Button onClick={onRetry}>{t('tryAgain')}</Button> : undefined;
  return (
    <Notice
      tone="bad"
      live
      title={error.message}
      actions={
        actions !== undefined || retry !== undefined ? (
          <>
            {actions}
            {retry}
          </>
        ) : undefined
      }
    >
      <span className={classes.noticeGuidance}>{error.guidance}</span>
      {cause !== '' && (
        <details className={classes.cause}>
          <summary>{t('errorCause')}</summary>
          {cause}
        </details>
      )}
    </Notice>
  );
}

function causeText(cause: unknown): string {
  if (typeof cause !== 'object' || cause === null || !('message' in cause)) return '';
  return String(cause.message);
}
