import type { KeyboardEvent } from 'react';

export type TimelineCommand =
  | { readonly do: 'step'; readonly by: -1 | 1 }
  | { readonly do: 'lane'; readonly by: -1 | 1 }
  | { readonly do: 'end'; readonly which: 'first' | 'last' }
  | { readonly do: 'zoom'; readonly factor: number }
  | { readonly do: 'pan'; readonly share: number }
  | { readonly do: 'open' }
  | { readonly do: 'fit' }
  | { readonly do: 'clear' };

type Key = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'altKey' | 'metaKey' | 'shiftKey'>;

/** What a key means on the timeline; null where it means nothing here and must go on. */
export function commandOf({ key, ctrlKey, altKey, metaKey, shiftKey }: Key): TimelineCommand | null {
  if (ctrlKey || altKey || metaKey) return null;
  switch (key) {
    case 'ArrowLeft':
      return shiftKey ? { do: 'pan', share: -0.2 } : { do: 'step', by: -1 };
    case 'ArrowRight':
      return shiftKey ? { do: 'pan', share: 0.2 } : { do: 'step', by: 1 };
    case 'ArrowUp':
      return { do: 'lane', by: -1 };
    case 'ArrowDown':
      return { do: 'lane', by: 1 };
    case 'Home':
      return { do: 'end', which: 'first' };
    case 'End':
      return { do: 'end', which: 'last' };
    case 'PageUp':
      return { do: 'pan', share: -0.8 };
    case 'PageDown':
      return { do: 'pan', share: 0.8 };
    case '+':
    case '=':
      return { do: 'zoom', factor: 2 };
    case '-':
    case '_':
      return { do: 'zoom', factor: 0.5 };
    case 'Enter':
      return { do: 'open' };
    case '0':
    case 'f':
      return { do: 'fit' };
    case 'Escape':
      return { do: 'clear' };
    default:
      return null;
  }
}
