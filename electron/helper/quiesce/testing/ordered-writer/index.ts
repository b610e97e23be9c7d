export { checkFiles, checkPrefix, type FileVerdict, type PrefixVerdict } from './check.ts';
export { durableProblems } from './durable.ts';
export { type StepKind, stepKinds, type WriterPlan } from './plan.ts';
export type { WriterReport } from './program.ts';
export { type OrderedWriter, startOrderedWriter } from './start.ts';
