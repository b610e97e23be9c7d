import type { Notice, NotifierPort } from './notice.ts';

/** What was closed by a person: ids of notices, each with what it was about. */
export type Dismissed = Readonly<Record<string, string>>;

export interface NoticeBoardOptions {
  readonly notifier: NotifierPort;
  readonly dismissed: Dismissed;
  /** Keeps what was dismissed over a restart. */
  readonly keep: (dismissed: Dismissed) => void;
}

/**
 * What is shown now. Each thing is told once, until it is about something else; what changes only in its words is changed
 * quietly; what was dismissed stays away until it is about something else or was over for a while.
 */
export class NoticeBoard {
  readonly #options: NoticeBoardOptions;
  readonly #shown = new Map<string, Notice>();
  readonly #dismissed: Map<string, string>;

  constructor(options: NoticeBoardOptions) {
    this.#options = options;
    this.#dismissed = new Map(Object.entries(options.dismissed));
  }

  /** Everything there is to tell now. `isUndecided`: whether it still holds cannot be said yet; it stays as it was. */
  update(notices: readonly Notice[], isUndecided: (id: string) => boolean): void {
    const told = new Map(notices.map((notice) => [notice.id, notice] as const));
    for (const id of this.#shown.keys()) {
      if (told.has(id) || isUndecided(id)) continue;
      this.#shown.delete(id);
      this.#options.notifier.withdraw(id);
    }
    const over = [...this.#dismissed.keys()].filter((id) => !told.has(id) && !isUndecided(id));
    for (const id of over) this.#dismissed.delete(id);
    if (over.length > 0) this.#keep();
    for (const notice of told.values()) if (!isUndecided(notice.id)) this.#show(notice);
  }

  /** Undefined when it is not true any more. */
  find(id: string): Notice | undefined {
    return this.#shown.get(id);
  }

  /** A person closed it. */
  dismiss(id: string): void {
    const notice = this.#shown.get(id);
    if (!notice) return;
    this.#shown.delete(id);
    this.#dismissed.set(id, notice.about);
    this.#keep();
  }

  /** A person acted on it: it has done its work. */
  actedOn(id: string): void {
    this.dismiss(id);
    this.#options.notifier.withdraw(id);
  }

  #show(notice: Notice): void {
    if (this.#dismissed.get(notice.id) === notice.about) return;
    if (this.#dismissed.delete(notice.id)) this.#keep();
    const before = this.#shown.get(notice.id);
    if (before && JSON.stringify(before) === JSON.stringify(notice)) return;
    this.#shown.set(notice.id, notice);
    this.#options.notifier.show(notice, before?.about === notice.about);
  }

  #keep(): void {
    this.#options.keep(Object.fromEntries(this.#dismissed));
  }
}
