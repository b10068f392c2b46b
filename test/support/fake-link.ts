import type { Command, Outcome } from '../../source/commands/command.ts';
import type { PeerLink, TunnelAnswer } from '../../source/ports.ts';

type Asked = {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly timeout: number;
};

/** What a fake host does. Whatever is not named here is unexpected: the call rejects, which no real adapter does. */
export type FakeHost = {
  /** By `host:port`. */
  readonly ports?: Readonly<Record<string, (asked: Asked) => TunnelAnswer | Promise<TunnelAnswer>>>;
  /** By the command's name. */
  readonly commands?: Readonly<
    Record<string, (command: Command, stdin: string, maxBytes: number) => Outcome | Promise<Outcome>>
  >;
};

/** A link without SSH, and the list of what was asked of it, in order. */
export const fakeLink = (host: FakeHost): { readonly link: PeerLink; readonly asked: string[] } => {
  const asked: string[] = [];
  const link: PeerLink = {
    tunnel: {
      get: async (to, { path, headers = {}, timeout }) => {
        const name = `${to.host}:${to.port}`;
        asked.push(`${name}${path.includes('format=') ? ' projection' : ' full'}`);
        const answer = host.ports?.[name];
        if (!answer) throw new Error(`unexpected GET ${name}${path}`);
        return answer({ path, headers, timeout });
      },
    },
    shell: {
      read: async (command, { stdin = '', maxBytes = 1024 * 1024 } = {}) => {
        asked.push(command.name);
        const run = host.commands?.[command.name];
        if (!run) throw new Error(`unexpected command ${command.name}: ${command.script}`);
        return run(command, stdin, maxBytes);
      },
    },
  };
  return { link, asked };
};
