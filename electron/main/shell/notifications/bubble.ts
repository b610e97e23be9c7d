import { plain, variant } from '../bus/messages.ts';

/** Something to tell through the desktop’s notification service. */
export interface Bubble {
  readonly title: string;
  /** Plain text. */
  readonly body: string;
  readonly urgency: 'low' | 'normal' | 'critical';
  readonly actions: readonly { readonly id: string; readonly label: string }[];
  /** Stays until it is closed; else the desktop decides. */
  readonly stays: boolean;
}

/** Must be the name of the .desktop file, so that the desktop knows whose notification it is. */
export const desktopEntry = 'dev.stillpoint.Stillpoint';
/** What a click on the notification itself is called. Source: Desktop Notifications Specification. */
export const defaultAction = 'default';

const urgencies = { low: 0, normal: 1, critical: 2 };
const never = 0;
const asTheDesktopLikes = -1;

export interface NotifyOptions {
  /** What the service can do, by the specification's names. */
  readonly capabilities: ReadonlySet<string>;
  /** The number of the notification that this one takes the place of; 0: none. */
  readonly replaces: number;
  readonly isQuiet: boolean;
  readonly picture: Picture | undefined;
}

/** Red, green, blue, alpha of each pixel, row by row; not premultiplied. */
export interface Picture {
  readonly size: number;
  readonly pixels: Uint8Array;
}

/** The arguments of `Notify`, signature `susssasa{sv}i`. */
export function notifyArguments(
  bubble: Bubble,
  { capabilities, replaces, isQuiet, picture }: NotifyOptions,
): unknown[] {
  const hasActions = capabilities.has('actions');
  const where = hasActions || bubble.actions.length === 0 ? '' : ' Open Stillpoint to see more.';
  const text = `${bubble.body}${where}`;
  const hasBody = capabilities.has('body');
  const body = capabilities.has('body-markup') ? escapeMarkup(text) : text;
  const buttons = bubble.actions.flatMap(({ id, label }) => [id, label]);
  const hints = {
    urgency: variant('y', urgencies[bubble.urgency]),
    'desktop-entry': variant('s', desktopEntry),
    category: variant('s', 'device'),
    ...(isQuiet && { 'suppress-sound': variant('b', true) }),
    ...(picture && {
      'image-data': variant('(iiibiiay)', [
        picture.size,
        picture.size,
        picture.size * 4,
        true,
        8,
        4,
        Buffer.from(picture.pixels),
      ]),
    }),
  };
  return [
    'Stillpoint',
    replaces,
    '',
    hasBody ? bubble.title : `${bubble.title}. ${text}`,
    hasBody ? body : '',
    hasActions ? [defaultAction, 'Open Stillpoint', ...buttons] : [],
    hints,
    bubble.stays ? never : asTheDesktopLikes,
  ];
}

/** Bodies may be read as markup; what we say never is. */
export function escapeMarkup(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** What `GetCapabilities` answered. */
export function capabilitiesOf(answer: readonly unknown[]): ReadonlySet<string> {
  const list = plain(answer[0]);
  return new Set(Array.isArray(list) ? list.filter((each) => typeof each === 'string') : []);
}
