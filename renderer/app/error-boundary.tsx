import { Component, type ErrorInfo, type ReactNode } from 'react';

/** Catches what a part of the window throws while drawing, so that the rest stays usable. `fallback` offers a way on. */
export class ErrorBoundary extends Component<
  {
    readonly children: ReactNode;
    readonly fallback: (error: Error, reset: () => void) => ReactNode;
    /** Another key forgets the error: the view that failed was left. */
    readonly resetKey?: string;
  },
  { readonly error: Error | null }
> {
  override state: { readonly error: Error | null } = { error: null };

  static getDerivedStateFromError(error: unknown): { readonly error: Error } {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  override componentDidCatch(error: unknown, info: ErrorInfo): void {
    console.error('a part of the window failed', error, info.componentStack);
  }

  override componentDidUpdate(before: { readonly resetKey?: string }): void {
    if (this.state.error !== null && before.resetKey !== this.props.resetKey) this.reset();
  }

  private readonly reset = (): void => this.setState({ error: null });

  override render(): ReactNode {
    return this.state.error === null ? this.props.children : this.props.fallback(this.state.error, this.reset);
  }
}
