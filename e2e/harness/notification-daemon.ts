import { execFileSync, spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from '@playwright/test';
import { asUser } from './as-user.ts';
import { endProcess } from './end-process.ts';
import type { SessionBus } from './session-bus.ts';
import type { UserBus } from './user-bus.ts';
import type { World } from './world.ts';

/** One notification at the moment it was shown. */
export interface ShownNotification {
  readonly id: number;
  readonly summary: string;
  readonly body: string;
  readonly urgency: string;
  /** Seconds; 0: stays. */
  readonly timeout: number;
  readonly desktopEntry: string;
}

/** dunst, a real notification daemon, on the world's display and session bus. */
export interface NotificationDaemon {
  /** Everything it has shown so far, oldest first; a replacement counts again. */
  readonly shown: () => ShownNotification[];
  /** How many are on the screen now. */
  displayed(): number;
  /** Presses a button of what is on the screen. */
  press(label: string): Promise<void>;
  /** Clicks the newest notification itself. */
  click(): void;
  /** A person closes everything. */
  closeAll(): void;
  /** Titles of what is gone, as its history has them. */
  history(): string[];
  stop(): Promise<void>;
}

const separator = '\u001f';

export async function startNotificationDaemon(
  world: World,
  bus: SessionBus,
  eyes: UserBus,
): Promise<NotificationDaemon> {
  const folder = world.folder('.dunst');
  const [log, offered, choice] = ['shown', 'offered', 'choice'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  const config = join(folder, 'dunstrc');
  const script = (name: string, text: string): string => {
    const path = join(folder, name);
    writeFileSync(path, `#!/bin/sh\n${text}\n`, { mode: 0o755 });
    return path;
  };
  const fields = ['ID', 'SUMMARY', 'BODY', 'URGENCY', 'TIMEOUT', 'DESKTOP_ENTRY'].map((name) => `"$DUNST_${name}"`);
  const format = fields.map(() => '%s').join('\\037');
  const record = script('record', `printf '${format}\\036' ${fields.join(' ')} >> ${log}`);
  // In the place of the menu from which a person would pick an action.
  const menu = script(
    'menu',
    `cat > ${offered}; test -f ${choice} && grep -F -- "$(cat ${choice})" ${offered} | head -n 1`,
  );
  writeFileSync(
    config,
    `[global]\n dmenu = ${menu}\n history_length = 50\n sticky_history = yes\n idle_threshold = 0\n[record]\n summary = "*"\n script = ${record}\n`,
  );
  const env = { ...world.environment, DBUS_SESSION_BUS_ADDRESS: bus.address };
  const command = (words: readonly string[]): [string, string[]] => {
    const [program = '', ...args] = asUser(world.user, words);
    return [program, args];
  };
  const daemon = spawn(...command(['dunst', '-config', config]), { cwd: '/', env, stdio: 'ignore' });
  const ctl = (...words: readonly string[]): string =>
    execFileSync(...command(['dunstctl', ...words]), { env, cwd: '/', encoding: 'utf8' });
  try {
    await expect.poll(() => eyes.hasOwner('org.freedesktop.Notifications')).toBe(true);
  } catch (error) {
    await endProcess(daemon);
    throw error;
  }
  const pick = async (label: string): Promise<string[]> => {
    writeFileSync(offered, '');
    world.give(offered);
    writeFileSync(choice, label);
    ctl('context');
    await expect.poll(() => readFileSync(offered, 'utf8')).not.toBe('');
    return readFileSync(offered, 'utf8').trim().split('\n');
  };
  return {
    shown: () => (existsSync(log) ? parse(readFileSync(log, 'utf8')) : []),
    displayed: () => Number(ctl('count', 'displayed')),
    press: async (label) => {
      const found = await pick(label);
      if (!found.some((line) => line.includes(label))) throw new Error(`no “${label}” among ${found.join(' | ')}`);
    },
    click: () => void ctl('action', '0'),
    closeAll: () => void ctl('close-all'),
    history: () => {
      const { data } = JSON.parse(ctl('history')) as { data: [{ summary: { data: string } }[]] };
      return data[0].map(({ summary }) => summary.data);
    },
    stop: () => endProcess(daemon),
  };
}

function parse(text: string): ShownNotification[] {
  return text
    .split('\u001e')
    .filter((record) => record !== '')
    .map((record) => {
      const [id, summary = '', body = '', urgency = '', timeout = '', desktopEntry = ''] = record.split(separator);
      return { id: Number(id), summary, body, urgency, timeout: Number(timeout), desktopEntry };
    });
}
