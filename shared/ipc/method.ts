import type { z } from 'zod';

/** One thing a window may ask of main. Both ends validate; main treats the window as hostile input. */
export interface MethodSpec<Params extends z.ZodType, Result extends z.ZodType> {
  readonly title: string;
  readonly params: Params;
  readonly result: Result;
}

export function method<Params extends z.ZodType, Result extends z.ZodType>(
  spec: MethodSpec<Params, Result>,
): MethodSpec<Params, Result> {
  return spec;
}
