import { existsSync, lstatSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { StillpointError } from '../../../shared/errors/index.ts';
import { syncFolder, writeDurably } from './write-durably.ts';

/** The administrator's rules of polkit(8): read before those of the system, in the order of their names. */
export const rulesFolder = '/etc/polkit-1/rules.d';

/** Every rule of ours begins with this; `uninstall-helper` removes what does. */
export const ruleNameStart = '49-dev.stillpoint.schedule-';

/** Letters, digits and `._-` as useradd(8) allows them; nothing that means anything in a path or in JavaScript. */
const plainName = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}$/;

export function ruleFileOf(userName: string, folder: string = rulesFolder): string {
  return `${folder}/${ruleNameStart}${plainUserName(userName)}.rules`;
}

/**
 * Lets exactly one user start the helper, and nothing else, without a question. polkit may run rules with an engine that
 * knows ES5 only. pkexec tells as whom a program is to run, and could be told to run it as somebody else; whoever only
 * asks in advance (pkcheck) may not tell. Nothing of it depends on the caller but the name, which was looked up by uid and is plain.
 */
export function ruleFor(userName: string): string {
  return `// Written by Stillpoint: backups that a schedule begins start its helper as root without a question, for one user.
// Taken back in Stillpoint's settings, by uninstall-helper, or by deleting this file.
polkit.addRule(function (action, subject) {
  var startedAs = action.lookup("user");
  if (startedAs && startedAs !== "root") return;
  if (action.id === "dev.stillpoint.helper.start" && subject.user === ${JSON.stringify(plainUserName(userName))}) {
    return polkit.Result.YES;
  }
});
`;
}

/** What makes a start of the helper need no question; or nothing, where the helper has no more rights than its caller. */
export interface StartRule {
  /** Durable when it returns; polkit sees it within moments. */
  write(): void;
  remove(): void;
}

/** For one user. `write` throws `not-permitted` or `io` with words, and leaves nothing half done. */
export function startRuleFor(userName: string, folder: string = rulesFolder): StartRule {
  return {
    write: () => {
      const path = ruleFileOf(userName, folder);
      requireOwnFolder(folder);
      changing(path, () => {
        writeDurably(path, ruleFor(userName), 0o644);
      });
    },
    remove: () => {
      const path = ruleFileOf(userName, folder);
      if (!existsSync(folder)) return;
      changing(path, () => {
        rmSync(path, { force: true });
        syncFolder(dirname(path));
      });
    },
  };
}

export const noStartRule: StartRule = { write: () => {}, remove: () => {} };

/**
 * The folder can be changed by its owner alone: root, or polkit's own account as some systems have it. It is not made: a
 * system without it has no polkit that reads it.
 */
function requireOwnFolder(folder: string): void {
  const found = existsSync(folder) ? lstatSync(folder) : undefined;
  if (found?.isDirectory() === true && (found.mode & 0o022) === 0) return;
  throw new StillpointError({
    kind: 'not-permitted',
    message: found === undefined ? `${folder} is missing.` : `${folder} could be changed by others.`,
    guidance: 'polkit keeps an administrator’s rules there. Repair polkit, then allow scheduled still points again.',
    field: folder,
  });
}

function plainUserName(name: string): string {
  if (plainName.test(name)) return name;
  throw new StillpointError({
    kind: 'not-permitted',
    message: `The user name ${JSON.stringify(name)} cannot be written into a rule of polkit.`,
    guidance: 'Names of letters, digits, dots, hyphens and underscores can. Scheduled runs copy live for this user.',
    field: 'user',
  });
}

function changing(path: string, work: () => void): void {
  try {
    work();
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? ` (${String(cause.code)})` : '';
    throw new StillpointError({
      kind: 'io',
      message: `The rule of polkit ${path} cannot be changed${code}.`,
      guidance: 'Look whether the system’s disk is full or read-only, then try again.',
      field: path,
      retryable: true,
      cause,
    });
  }
}
