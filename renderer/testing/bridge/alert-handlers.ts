import { fail, type Handlers } from './handlers.ts';

export const alertHandlers: Handlers = {
  'alerts.list': (_params, { world }) => world.alerts,
  'alerts.save': ({ channel, secret }, { world, emit }) => {
    const before = world.alerts.find((view) => view.channel.id === channel.id);
    const hasSecret = secret !== undefined || before?.hasSecret === true;
    const view = {
      channel,
      hasSecret,
      secretIsKept: world.secretStore.available,
      lastResult: before?.lastResult ?? '',
      lastFailed: before?.lastFailed ?? false,
    };
    world.alerts =
      before === undefined
        ? [...world.alerts, view]
        : world.alerts.map((other) => (other.channel.id === channel.id ? view : other));
    emit({ type: 'changed', topics: ['alerts'] });
    return world.alerts;
  },
  'alerts.remove': ({ id }, { world, emit }) => {
    world.alerts = world.alerts.filter(({ channel }) => channel.id !== id);
    emit({ type: 'changed', topics: ['alerts'] });
    return world.alerts;
  },
  'alerts.test': async ({ channel }) => {
    await new Promise((resolve) => setTimeout(resolve, 500));
    if (channel.kind === 'mail' && !channel.server.includes('.')) {
      throw fail('io', `There is no server named ${channel.server}.`, 'Check the name of the server.', 'server');
    }
    if (channel.kind === 'ntfy' && channel.topic === 'kestrel-backups') {
      throw fail('io', 'The server answered 403 Forbidden.', 'Give an access token for this topic.', 'secret');
    }
    return { answer: channel.kind === 'mail' ? '250 2.0.0 Ok: queued as 4F1A2' : 'The server answered 200 OK.' };
  },
};
