import type { AlertAdapter, AlertOptions } from './contract.ts';
import { healthchecksAdapter } from './healthchecks.ts';
import { mailAdapter } from './mail.ts';
import { ntfyAdapter } from './ntfy.ts';
import { webhookAdapter } from './webhook.ts';

/** One adapter for channels of every kind. */
export function alertSender(options: AlertOptions = {}): AlertAdapter {
  const mail = mailAdapter(options);
  const webhook = webhookAdapter(options);
  const ntfy = ntfyAdapter(options);
  const healthchecks = healthchecksAdapter(options);
  return {
    async send(alert, channel, secret, signal) {
      switch (channel.kind) {
        case 'mail':
          return await mail.send(alert, channel, secret, signal);
        case 'webhook':
          return await webhook.send(alert, channel, secret, signal);
        case 'ntfy':
          return await ntfy.send(alert, channel, secret, signal);
        case 'healthchecks':
          return await healthchecks.send(alert, channel, secret, signal);
      }
    },
  };
}
