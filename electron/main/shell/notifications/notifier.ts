import type { Notice, NoticeActionId, NoticeFeedback, NotifierPort } from '../../jobs/notices/notice.ts';
import type { Bubble } from './bubble.ts';
import type { NotificationService } from './notification-service.ts';

/** Shows notices through the desktop's service. */
export function notifierOver(service: Pick<NotificationService, 'show' | 'withdraw'>): NotifierPort {
  return {
    show: (notice, isQuiet) => service.show(notice.id, bubbleOf(notice), isQuiet),
    withdraw: (id) => service.withdraw(id),
  };
}

/** What the service reports, as the jobs want to hear it. An action that fails is told in the window, not here. */
export function feedbackTo(feedback: NoticeFeedback, report: (what: string, error: unknown) => void) {
  return {
    onAction: (key: string, action: string | null): void => {
      feedback.act(key, action as NoticeActionId | null).catch((error) => report(`notification ${key}`, error));
    },
    onDismissed: (key: string): void => feedback.dismiss(key),
  };
}

/** What is wrong stays until somebody has seen it; what went well goes by itself. */
function bubbleOf({ kind, title, body, urgency, actions }: Notice): Bubble {
  return { title, body, urgency, actions, stays: kind !== 'success' };
}
