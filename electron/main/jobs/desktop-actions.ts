import type { Source } from '../../../shared/domain/source.ts';
import type { Scheduler } from '../../schedule/index.ts';
import type { AskedBackups } from './backup-job.ts';
import type { Notice, NoticeActionId, NoticeFeedback, Place } from './notices/notice.ts';
import type { NoticeBoard } from './notices/notice-board.ts';
import type { SourceDirectory } from './source-directory.ts';
import { pauseEnd, type TrayAction } from './tray-model.ts';
import type { Unplug } from './unplug.ts';

export interface DesktopActionsOptions {
  readonly board: NoticeBoard;
  readonly backups: Pick<AskedBackups, 'start'>;
  readonly sources: Pick<SourceDirectory, 'get' | 'list'>;
  readonly scheduler: Pick<Scheduler, 'pause'>;
  readonly unplug: Pick<Unplug, 'eject'>;
  readonly open: (place: Place | null) => void;
  readonly report: (what: string, error: unknown) => void;
  readonly now: () => number;
}

/** What is done from a notice. What cannot be done leads to the place where one sees why. */
export function noticeFeedback(options: DesktopActionsOptions): NoticeFeedback {
  const { board, open, report } = options;
  return {
    act: async (noticeId, action) => {
      const notice = board.find(noticeId);
      if (!notice) return open(null);
      board.actedOn(noticeId);
      try {
        await actOn(options, notice, action);
      } catch (error) {
        report(notice.title, error);
        open(notice.place);
      }
    },
    dismiss: (noticeId) => board.dismiss(noticeId),
  };
}

/** What is done from the tray's menu. Never rejects. */
export function trayActions(options: DesktopActionsOptions): (action: TrayAction) => Promise<void> {
  const { backups, sources, scheduler, unplug, open, report, now } = options;
  const start = (source: Source): void => void backups.start(source);
  return async (action) => {
    try {
      switch (action.kind) {
        case 'back-up':
          return start(await sources.get(action.sourceId));
        case 'back-up-all':
          return (await sources.list()).forEach(start);
        case 'pause':
          return await scheduler.pause(pauseEnd(action.length, now()));
        case 'resume':
          return await scheduler.pause(null);
        case 'eject':
          return void (await unplug.eject(action.repositoryId));
        case 'open':
          return open(action.place);
        case 'quit':
          return;
      }
    } catch (error) {
      report(`tray: ${action.kind}`, error);
      open(action.kind === 'eject' ? { kind: 'repository', repositoryId: action.repositoryId } : null);
    }
  };
}

async function actOn(
  { backups, sources, scheduler, unplug, open }: DesktopActionsOptions,
  { place, sourceId }: Notice,
  action: NoticeActionId | null,
): Promise<void> {
  switch (action) {
    case 'back-up-now':
      if (sourceId !== null) backups.start(await sources.get(sourceId));
      return;
    case 'eject':
      if (place.kind === 'repository') await unplug.eject(place.repositoryId);
      return;
    case 'resume':
      return scheduler.pause(null);
    case 'allow-still-points':
      // An administrator is asked there, after one has read what is allowed.
      return open({ kind: 'settings' });
    case 'show':
    case 'unlock':
    case 'free-space':
    case null:
      return open(place);
  }
}
