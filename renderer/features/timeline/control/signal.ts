/** Tells listeners that something changed, and how often it did: what `useSyncExternalStore` needs. */
export class Signal {
  private readonly listeners = new Set<() => void>();
  private changes = 0;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly version = (): number => this.changes;

  emit(): void {
    this.changes += 1;
    for (const listener of this.listeners) listener();
  }
}
