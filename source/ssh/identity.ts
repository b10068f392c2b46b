import ssh2, { type AnyAuthMethod, type AuthenticationType, type ParsedKey } from 'ssh2';
import { clean } from '../text/clean.ts';
import { type AgentKey, listAgentKeys } from './agent-keys.ts';
import { type KeyFile, readKeyFile } from './key-file.ts';
import { keyTypeOf } from './known-hosts.ts';
import { createFileCache } from './text-file.ts';

type Account = { readonly user: string; readonly identity: readonly string[] };

/** The keys to offer for one login, in order. */
export interface Login {
  /** The next way to try, or false when there is none left. `allowed` is what the server said; null before it spoke. */
  next(allowed: readonly AuthenticationType[] | null): AnyAuthMethod | false;
  /** What was offered and what was skipped and why, for the person whose login failed. */
  story(): string;
  /** Takes down what the agent or a signature said meanwhile. */
  note(text: string): void;
}

/** Keys from files and from the agent. Passphrases are never asked for here. */
export interface Identities {
  login(account: Account): Login;
}

/**
 * An agent whose keys come in an order: those of the given files first. A server counts every key that is offered and
 * hangs up after a few (MaxAuthTries, 6 by default), so the likely ones must come before the rest.
 */
class OrderedAgent extends ssh2.BaseAgent<ParsedKey | Buffer | string> {
  readonly #socket: string;
  readonly #agent: ssh2.BaseAgent;
  readonly #first: readonly Buffer[];
  readonly #tell: (text: string) => void;

  constructor(socket: string, first: readonly Buffer[], tell: (text: string) => void) {
    super();
    this.#socket = socket;
    this.#agent = ssh2.createAgent(socket);
    this.#first = first;
    this.#tell = tell;
  }

  override getIdentities(callback: ssh2.IdentityCallback<ParsedKey | Buffer | string>): void {
    listAgentKeys(this.#socket).then(
      (keys) => callback(undefined, this.#usable(keys)),
      (error: Error) => callback(error),
    );
  }

  #usable(keys: readonly AgentKey[]): ParsedKey[] {
    const usable: ParsedKey[] = [];
    for (const { blob, comment } of keys) {
      const key = ssh2.utils.parseKey(blob);
      if (!(key instanceof Error)) usable.push(key);
      else {
        const kind = `${keyTypeOf(blob) ?? 'unknown'} ${comment}`;
        this.#tell(`the agent's ${clean(kind, 80)} was skipped: such keys are not supported`);
      }
    }
    this.#tell(`the agent offered ${usable.length} ${usable.length === 1 ? 'key' : 'keys'}`);
    const rank = (key: ParsedKey) => {
      const found = this.#first.findIndex((blob) => blob.equals(key.getPublicSSH()));
      return found < 0 ? this.#first.length : found;
    };
    return usable.toSorted((one, other) => rank(one) - rank(other));
  }

  override sign(
    key: ParsedKey | Buffer | string,
    data: Buffer,
    options: ssh2.SigningRequestOptions | ssh2.SignCallback,
    callback?: ssh2.SignCallback,
  ): void {
    if (typeof options === 'function') this.#agent.sign(key, data, options);
    else this.#agent.sign(key, data, options, callback);
  }
}

/** `agent` is the path of an agent's socket (SSH_AUTH_SOCK). Files are read again when they change. */
export const createIdentities = (agent?: string): Identities => {
  const read = createFileCache<KeyFile>(readKeyFile);
  return {
    login: ({ user, identity }) => {
      const files = identity.map((path) => ({ path, file: read(path) }));
      const usable = files.flatMap(({ path, file }) =>
        file.kind === 'key' ? [{ path, key: file.key }] : [],
      );
      const story: string[] = files.flatMap(({ path, file }) =>
        file.kind === 'skipped' ? [`${path} was skipped: ${file.why}`] : [],
      );
      const locked = files.flatMap(({ file }) =>
        file.kind === 'skipped' && file.publicKey ? [file.publicKey] : [],
      );

      const methods: (() => AnyAuthMethod)[] = usable.map(({ path, key }) => () => {
        story.push(`${path} was offered`);
        return { type: 'publickey', username: user, key };
      });
      if (agent) {
        const fromAgent = new OrderedAgent(agent, locked, (text) => story.push(text));
        const method = (): AnyAuthMethod => ({ type: 'agent', username: user, agent: fromAgent });
        // A protected file was asked for by name: where the agent can stand in for it, it goes before the others.
        if (locked.length > 0) methods.unshift(method);
        else methods.push(method);
      } else story.push('there is no agent (SSH_AUTH_SOCK is not set)');

      return {
        next: (allowed) => {
          if (allowed && !allowed.includes('publickey')) {
            story.push(`it accepts only ${allowed.join(', ')}, and this program logs in by key`);
            return false;
          }
          return methods.shift()?.() ?? false;
        },
        story: () => story.join('; '),
        note: (text) => story.push(text),
      };
    },
  };
};
