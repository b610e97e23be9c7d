export interface Closing {
  /** What the person chose; null: nothing yet. */
  readonly keepRunning: boolean | null;
  readonly hasTray: boolean;
  /** There is something to go on with: something is protected. */
  readonly hasWork: boolean;
}

/** What closing the window does. It never leaves somebody with an app that cannot be found and was not asked for. */
export function whatClosingDoes({ keepRunning, hasTray, hasWork }: Closing): 'hide' | 'ask' | 'quit' {
  if (keepRunning !== null) return keepRunning ? 'hide' : 'quit';
  if (!hasWork) return 'quit';
  return hasTray ? 'hide' : 'ask';
}
