import type { PhaseName } from '../../../shared/domain/run.ts';

const words: { readonly [N in PhaseName]: string } = {
  preflight: 'Looking at the source',
  open: 'Opening the repository',
  scan: 'Looking at every file',
  precopy: 'Copying ahead',
  flush: 'Writing out what is pending',
  freeze: 'Holding writers',
  delta: 'Copying while held',
  thaw: 'Letting writers go',
  rescan: 'Looking at every file again',
  store: 'Storing',
  'verify-packs': 'Reading back what was stored',
  publish: 'Publishing the snapshot',
  'verify-snapshot': 'Checking the snapshot',
  plan: 'Working out what changes',
  safety: 'Taking a safety snapshot',
  write: 'Writing files',
  'verify-files': 'Reading back what was written',
  undo: 'Taking back',
  'check-structure': 'Checking the structure',
  'check-data': 'Checking all data',
  'check-share': 'Checking a part of the data',
  forget: 'Deleting what is not kept any more',
  repack: 'Writing again what is needed of half-empty packs',
  repair: 'Repairing',
  copy: 'Copying',
};

export function phaseWords(phase: PhaseName): string {
  return words[phase];
}
