import { helperEnvironment } from './helper-environment.ts';
import { type Launch, launchProgram } from './helper-process.ts';

/** Our own Electron as plain Node over the built helper, with the rights we have ourselves. */
export function launchDirect(script: string, environment: NodeJS.ProcessEnv): Launch {
  return () =>
    launchProgram({
      file: process.execPath,
      args: [script],
      env: { ...helperEnvironment(environment), ELECTRON_RUN_AS_NODE: '1' },
    });
}

/** Another program that speaks the protocol, named on our command line; it gets the user's rights and no more. */
export function launchOther(program: string, environment: NodeJS.ProcessEnv): Launch {
  return () => launchProgram({ file: program, args: [], env: helperEnvironment(environment) });
}
