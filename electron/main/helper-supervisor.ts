import { StillpointError } from '../../shared/errors/index.ts';
import type { HelperState } from '../../shared/ipc/app.ts';
import type { HelperChoice } from './command-line.ts';
import { BoundedLog } from './helper-client/bounded-log.ts';
import { launchDirect, launchOther } from './helper-client/launch-direct.ts';
import { areRightsFree, canAskForRights, prepareLaunchWithRights } from './helper-client/launch-with-rights.ts';
import { HelperSupervisor } from './helper-client/supervisor.ts';
import type { RegistryCarrier } from './jobs/registry-carrier.ts';

export interface HelperParts {
  /** The built helper. */
  readonly script: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly logPath: string;
  readonly onState: (state: HelperState) => void;
  readonly carrier: RegistryCarrier;
  readonly onReady: () => void;
  readonly now: () => number;
}

const logBytes = 2 * 1024 * 1024;

/** The supervisor for what the command line chose. As root there are no more rights to ask for. */
export function supervisorFor(choice: HelperChoice, parts: HelperParts): HelperSupervisor {
  const log = new BoundedLog(parts.logPath, logBytes, parts.now);
  // For root its own registry is the only one.
  const isRoot = process.geteuid?.() === 0;
  const mayAsk = (choice.kind === 'auto' || choice.kind === 'pkexec') && !isRoot;
  return new HelperSupervisor({
    launch:
      choice.kind === 'program'
        ? launchOther(choice.path, parts.environment)
        : launchDirect(parts.script, parts.environment),
    prepareLaunchWithRights: () =>
      mayAsk ? prepareLaunchWithRights(parts.environment) : Promise.reject(noMoreRights()),
    canAskForRights: async () => mayAsk && canAskForRights(),
    areRightsFree: async () => mayAsk && areRightsFree(),
    onState: parts.onState,
    bringUp: (calls, { uid }, asking) => parts.carrier.bringUp(calls, isRoot || uid !== 0 ? 'user' : 'root', asking),
    onReady: parts.onReady,
    log: (line) => log.line(line),
    now: parts.now,
  });
}

function noMoreRights(): StillpointError {
  return new StillpointError({
    kind: 'not-permitted',
    message: 'This start of Stillpoint does not ask for more rights.',
    guidance: 'Start it without --helper, as yourself.',
  });
}
