import type { AlertChannel, AlertEvent } from '../../shared/domain/alerts.ts';
import type { AlertAdapter, AlertOptions } from './contract.ts';
import { wrongInput } from './failures.ts';
import { checkedAddress, post } from './http-request.ts';
import { oneLine, plainText } from './safe-text.ts';

type Ntfy = Extract<AlertChannel, { kind: 'ntfy' }>;

/** ntfy's own scale: 1 least, 3 as usual, 5 most. */
const looks: Readonly<Record<AlertEvent, { readonly priority: number; readonly tag: string }>> = {
  failed: { priority: 4, tag: 'x' },
  late: { priority: 4, tag: 'hourglass' },
  weaker: { priority: 3, tag: 'warning' },
  recovered: { priority: 3, tag: 'white_check_mark' },
  succeeded: { priority: 2, tag: 'white_check_mark' },
  test: { priority: 3, tag: 'bell' },
};

/** ntfy makes a file of a message longer than 4096 bytes; no character has more than four. */
const longestMessage = 1000;

/**
 * Publishes as JSON to the root of the server: in headers a name could not be written as people write it. The secret is an
 * access token, where the topic needs one.
 */
export function ntfyAdapter(options: AlertOptions = {}): AlertAdapter<Ntfy> {
  return {
    async send(alert, channel, secret, signal) {
      const url = checkedAddress(channel.server, 'server');
      if (url.username !== '' || url.password !== '' || url.search !== '') {
        throw wrongInput(
          'server',
          `The address of ${url.host} holds more than a server.`,
          'Enter only the server, like https://ntfy.sh. A token has a field of its own.',
        );
      }
      if (secret !== null && !/^[\x21-\x7e]+$/.test(secret)) {
        throw wrongInput(
          'secret',
          'This is no access token of ntfy.',
          'Enter it as ntfy shows it: letters, digits and signs.',
        );
      }
      const { priority, tag } = looks[alert.event];
      const body = JSON.stringify({
        topic: channel.topic,
        title: oneLine(alert.title),
        message: plainText(alert.text, longestMessage),
        priority,
        tags: [tag],
      });
      const headers = {
        'content-type': 'application/json; charset=utf-8',
        ...(secret === null ? {} : { authorization: `Bearer ${secret}` }),
      };
      const secrets = secret === null ? [] : [secret];
      await post({ url, headers, body, secrets, field: 'server' }, options, signal);
      // It answers with the message it was given; that is no answer for people.
      return { answer: `Published to ${channel.topic} on ${url.host}.` };
    },
  };
}
