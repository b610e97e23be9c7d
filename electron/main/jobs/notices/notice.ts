import type { SourceId } from '../../../../shared/domain/ids.ts';
import type { AppEvent } from '../../../../shared/ipc/events.ts';

export const noticeKinds = [
  'failed',
  'late',
  'weaker',
  'future-snapshot',
  'not-deleted',
  'waiting-password',
  'waiting-disk',
  'paused',
  'full-soon',
  'full',
  'eject',
  'safe-to-unplug',
  'success',
  'cannot-run',
] as const;
export type NoticeKind = (typeof noticeKinds)[number];

export type NoticeActionId =
  | 'show'
  | 'back-up-now'
  | 'unlock'
  | 'free-space'
  | 'eject'
  | 'resume'
  | 'allow-still-points';

export interface NoticeAction {
  readonly id: NoticeActionId;
  readonly label: string;
}

/** Where a click leads. */
export type Place = Extract<AppEvent, { type: 'open' }>['place'];

/** A word to whoever sits in front of the machine. Shown once, withdrawn when it is not true any more. */
export interface Notice {
  /** One for each thing that can be told: a new one with the same id replaces the old one. */
  readonly id: string;
  readonly kind: NoticeKind;
  /** One line. */
  readonly title: string;
  /** What it means and what to do. No file names of a source. */
  readonly body: string;
  readonly urgency: 'low' | 'normal' | 'critical';
  /** The first is the most useful one; a desktop without buttons leads to the place instead. */
  readonly actions: readonly NoticeAction[];
  readonly place: Place;
  /** What `back-up-now` backs up, where it is offered. */
  readonly sourceId: SourceId | null;
  /** What it is about. One that was dismissed stays away until this changes, whatever becomes of its words. */
  readonly about: string;
}

/** What shows notices. The desktop reports back through `Notices`: acted, opened, dismissed. */
export interface NotifierPort {
  /** Shows it, in the place of one with the same id. Without sound or a second bubble when `isQuiet`. */
  show(notice: Notice, isQuiet: boolean): void;
  /** It is not true any more. Nothing happens when it is not shown. */
  withdraw(id: string): void;
}

/** What the desktop reports of notices that it shows. */
export interface NoticeFeedback {
  /** A button of it was pressed; null: it was clicked itself, which leads to its place. */
  act(noticeId: string, action: NoticeActionId | null): Promise<void>;
  /** A person closed it. One that went away by itself, or with the desktop's daemon, is not dismissed. */
  dismiss(noticeId: string): void;
}
