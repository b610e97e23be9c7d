export type { GroupFacts } from './facts.ts';
export { createGroupSource } from './group-source.ts';
