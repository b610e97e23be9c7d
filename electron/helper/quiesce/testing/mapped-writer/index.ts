export { type MappedWriter, startMappedWriter } from './start.ts';
