import type { ChildProcess } from 'node:child_process';
import type { Mischief } from '../ports.ts';

type Items = ReturnType<Mischief['items']>;
type Request =
  | { readonly mischief: 'items' }
  | { readonly mischief: 'run'; readonly call: number; readonly item: string };
type Reply =
  | { readonly mischief: 'items'; readonly items: Items }
  | { readonly mischief: 'done'; readonly call: number; readonly said: string }
  | { readonly mischief: 'failed'; readonly call: number; readonly why: string };

/** The end of an IPC channel in the demo's process: `process`, or a stand-in. Without an IPC channel nothing is served. */
export type MischiefChannel = {
  readonly send?: ((message: Reply) => unknown) | undefined;
  on(event: 'message', listener: (message: unknown) => void): unknown;
};

const isOurs = (message: unknown): message is { readonly mischief: string } =>
  typeof message === 'object' && message !== null && 'mischief' in message;

/** Answers what `remoteMischief` asks from the other end. */
export const serveMischief = (channel: MischiefChannel, mischief: Mischief): void => {
  if (channel.send === undefined) return;
  const send = (reply: Reply) => {
    try {
      channel.send?.(reply);
    } catch {
      // The console is gone.
    }
  };
  const tell = () => send({ mischief: 'items', items: mischief.items() });
  channel.on('message', (message) => {
    if (!isOurs(message)) return;
    const request = message as Request;
    if (request.mischief === 'items') tell();
    if (request.mischief !== 'run') return;
    mischief
      .run(request.item)
      .then((said) => send({ mischief: 'done', call: request.call, said }))
      .catch((problem: unknown) => send({ mischief: 'failed', call: request.call, why: String(problem) }))
      .finally(tell);
  });
  tell();
};

/** The mischief of a demo in a child process. What can be done now is known with a short delay. */
export const remoteMischief = (child: Pick<ChildProcess, 'send' | 'on' | 'connected'>): Mischief => {
  let items: Items = [];
  let calls = 0;
  const waiting = new Map<number, { resolve: (said: string) => void; reject: (why: Error) => void }>();
  const send = (request: Request) => {
    if (child.connected) child.send(request);
  };
  child.on('message', (message: unknown) => {
    if (!isOurs(message)) return;
    const reply = message as Reply;
    if (reply.mischief === 'items') items = reply.items;
    else {
      const caller = waiting.get(reply.call);
      waiting.delete(reply.call);
      if (reply.mischief === 'done') caller?.resolve(reply.said);
      else caller?.reject(new Error(reply.why));
    }
  });
  child.on('exit', () => {
    for (const { reject } of waiting.values()) reject(new Error('The demo cluster ended.'));
    waiting.clear();
  });
  send({ mischief: 'items' });
  return {
    items: () => {
      send({ mischief: 'items' });
      return items;
    },
    run: (item) =>
      new Promise((resolve, reject) => {
        if (!child.connected) return reject(new Error('The demo cluster ended.'));
        const call = calls++;
        waiting.set(call, { resolve, reject });
        send({ mischief: 'run', call, item });
      }),
  };
};
