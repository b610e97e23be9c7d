import { z } from 'zod';

/** Consistency levels, strongest first. A level is earned by evidence, never by a method's name. */
export const consistencyLevels = ['application', 'filesystem', 'crash', 'observed-static', 'per-file', 'torn'] as const;
export const consistencyLevelSchema = z.enum(consistencyLevels);
export type ConsistencyLevel = (typeof consistencyLevels)[number];

export function isAtLeast(level: ConsistencyLevel, required: ConsistencyLevel): boolean {
  return consistencyLevels.indexOf(level) <= consistencyLevels.indexOf(required);
}

export function weaker(a: ConsistencyLevel, b: ConsistencyLevel): ConsistencyLevel {
  return isAtLeast(a, b) ? b : a;
}
