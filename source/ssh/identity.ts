import ssh2, { type AnyAuthMethod, type AuthenticationType, type ParsedKey } from 'ssh2';
import { type KeyFile, readKeyFile } from './key-file.ts';
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
  readonly #agent: ssh2.BaseAgent;
  readonly #first: readonly Buffer[];
  readonly #onKeys: (usable: number, unusable: number) => void;

  constructor(socket: string, first: readonly Buffer[], onKeys: (usable: number, unusable: number) => void) {
    super();
    this.#agent = ssh2.createAgent(socket);
    this.#first = first;
    this.#onKeys = onKeys;
  }

  override getIdentities(callback: ssh2.IdentityCallback<ParsedKey | Buffer | string>): void {
    this.#agent.getIdentities((error, keys) => {
      if (error || !keys) {
        callback(error ?? new Error('the agent gave no answer'));
        return;
      }
      const parsed = keys.map((key) => ssh2.utils.parseKey(key as ParsedKey | Buffer | string));
      const usable = parsed.filter((key): key is ParsedKey => !(key instanceof Error));
      this.#onKeys(usable.length, parsed.length - usable.length);
      const rank = (key: ParsedKey) => {
        const found = this.#first.findIndex((blob) => blob.equals(key.getPublicSSH()));
        return found < 0 ? this.#first.length : found;
      };
      callback(
        undefined,
        usable.toSorted((one, other) => rank(one) - rank(other)),
      );
    });
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
        const fromAgent = new OrderedAgent(agent, locked, (count, unusable) => {
          story.push(
            `${count} ${count === 1 ? 'key' : 'keys'} of the agent ${count === 1 ? 'was' : 'were'} offered` +
              (unusable > 0
                ? `, ${unusable} skipped (certificates and hardware keys are not supported)`
                : ''),
          );
        });
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
