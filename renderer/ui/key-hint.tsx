import type { ReactNode } from 'react';
import classes from './ui.module.css';

/** A shortcut, as written on keys. */
export function KeyHint({ keys }: { readonly keys: string }): ReactNode {
  return <kbd className={classes.key}>{keys}</kbd>;
}
