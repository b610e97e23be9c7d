import { helperProgramOptions } from '../../../shared/helper/program-options.ts';
import { helperEnvironment } from './helper-environment.ts';
import { type Launch, launchProgram } from './helper-process.ts';

/** Our own Electron as plain Node over the built helper, with the rights we have ourselves. */
export function launchDirect(script: string, environment: NodeJS.ProcessEnv): Launch {
  return () =>
    launchProgram({
      file: process.execPath,
      args: [...helperProgramOptions, script],
      env: { ...helperEnvironment(environment), ELECTRON_RUN_AS_NODE: '1' },
    });
}

/**
 * Another program that speaks the protocol, named on our command line; it gets the user's rights and no more. A script
 * is run by our own Electron as plain Node, whatever the system has.
 */
export function launchOther(program: string, environment: NodeJS.ProcessEnv): Launch {
  if (/\.(ts|mjs|js)$/.test(program)) return launchDirect(program, environment);
  return () => launchProgram({ file: program, args: [], env: helperEnvironment(environment) });
}
