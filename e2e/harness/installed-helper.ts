import { execFileSync, spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { realPlaces, rulesOf } from '../../build/install-helper/places.ts';
import { startSystemBus, until } from '../../build/install-helper/testing/system-bus.ts';
import { asUser } from './as-user.ts';
import { setAside } from './set-aside.ts';
import type { TestUser } from './test-user.ts';
import { root } from './tree.ts';

const ruleFile = '/etc/polkit-1/rules.d/00-stillpoint-e2e.rules';
const installer = join(root, 'build/install-helper/run.ts');
const policyFile = '/usr/share/polkit-1/actions/dev.stillpoint.policy';

/** The root-owned copy under its real path, with a real polkit that consents to nothing until it is told to. */
export interface InstalledHelper {
  /**
   * From now on polkit lets this user start the helper, register sources and allow scheduled still points, without a
   * question: as an administrator who says yes to each.
   */
  consentFor(user: TestUser): Promise<void>;
  /** The administrator is gone again; what was agreed to before stays. */
  leave(user: TestUser): Promise<void>;
  remove(): Promise<void>;
}

/** Why it cannot be installed here; undefined where it can. */
export function whyNotInstallable(): string | undefined {
  if (process.getuid?.() !== 0) return 'needs root to install the helper for everybody';
  return spawnSync('pkexec', ['--version']).status === 0 ? undefined : 'needs polkit';
}

/** Installs as `npm run install-helper` does. What was there before is set aside and comes back with `remove`. */
export async function installHelper(): Promise<InstalledHelper> {
  const restore = ['/opt/stillpoint', '/var/lib/stillpoint', policyFile, ...rulesOf(realPlaces)].map(setAside);
  let bus: Awaited<ReturnType<typeof startSystemBus>> | undefined;
  const remove = async (): Promise<void> => {
    rmSync(ruleFile, { force: true });
    // Takes along the rule and the consent that the helper itself wrote.
    spawnSync(process.execPath, [installer, 'uninstall'], { stdio: 'ignore' });
    for (const back of restore) back();
    await bus?.stop();
  };
  try {
    bus = await startSystemBus();
    execFileSync(process.execPath, [installer, 'install'], { stdio: 'pipe' });
    await until('the policy', () => spawnSync('pkaction', ['--action-id', 'dev.stillpoint.register']).status === 0);
  } catch (error) {
    await remove();
    throw error;
  }
  return {
    consentFor: async (user) => {
      const actions = ['dev.stillpoint.helper.start', 'dev.stillpoint.register', 'dev.stillpoint.schedule'];
      const allowed = actions.map((action) => `action.id == '${action}'`).join(' || ');
      // polkit may run these rules with an engine that knows ES5 only.
      const rule = `polkit.addRule(function (action, subject) {
  if ((${allowed}) && subject.user == '${user.name}') return polkit.Result.YES;
});\n`;
      writeFileSync(ruleFile, rule, { mode: 0o644 });
      await until('the rule', () => mayRegister(user));
    },
    leave: async (user) => {
      rmSync(ruleFile, { force: true });
      await until('the rule to be gone', () => !mayRegister(user));
    },
    remove,
  };
}

/** Whether polkit lets a process of this user register without asking anybody. */
function mayRegister(user: TestUser): boolean {
  const script = 'exec pkcheck --action-id dev.stillpoint.register --process $$';
  const [program = '', ...args] = asUser(user, ['sh', '-c', script]);
  return spawnSync(program, args, { stdio: 'ignore' }).status === 0;
}
