import { createHmac } from 'node:crypto';

/** One usable line of a known_hosts file (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT). */
export type KnownHost = {
  readonly file: string;
  readonly line: number;
  readonly revoked: boolean;
  /** The first field: patterns, or one hashed name. */
  readonly names: string;
  readonly type: string;
  readonly key: Buffer;
};

/** A line that could not be used, and why. */
export type KnownHostProblem = { readonly file: string; readonly line: number; readonly why: string };

export type KnownHosts = {
  readonly hosts: readonly KnownHost[];
  /** Lines of a certificate authority: ssh2 can't check certificates. */
  readonly authorities: readonly { readonly file: string; readonly line: number; readonly names: string }[];
  readonly problems: readonly KnownHostProblem[];
};

/** The type a key blob names itself: a string with its length before it. */
export const keyTypeOf = (blob: Buffer): string | null => {
  if (blob.length < 4) return null;
  const length = blob.readUInt32BE(0);
  return length > 0 && length <= 64 && blob.length > 4 + length
    ? blob.toString('latin1', 4, 4 + length)
    : null;
};

/** Reads one file. Malformed lines are named, never fatal: ssh skips them, too. */
export const parseKnownHosts = (text: string, file: string): KnownHosts => {
  const hosts: KnownHost[] = [];
  const authorities: { file: string; line: number; names: string }[] = [];
  const problems: KnownHostProblem[] = [];
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const line = index + 1;
    const words = raw.trim().split(/[ \t]+/);
    if (raw.trim() === '' || raw.trimStart().startsWith('#')) continue;
    const marker = words[0]?.startsWith('@') ? words.shift() : undefined;
    const [names, type, encoded] = words;
    const problem = (why: string) => problems.push({ file, line, why });
    if (marker !== undefined && marker !== '@revoked' && marker !== '@cert-authority') {
      problem('it begins with a marker that is neither @revoked nor @cert-authority');
    } else if (!names || !type || !encoded) problem('it has fewer than three fields');
    else if (names.startsWith('|') && !/^\|1\|[A-Za-z0-9+/=]+\|[A-Za-z0-9+/=]+$/.test(names)) {
      problem('its hashed name is malformed');
    } else if (!/^[A-Za-z0-9+/]+=*$/.test(encoded)) problem('its key is not base64');
    else if (marker === '@cert-authority') authorities.push({ file, line, names });
    else {
      const key = Buffer.from(encoded, 'base64');
      if (keyTypeOf(key) !== type) problem('its key is not of the type it names');
      else hosts.push({ file, line, revoked: marker === '@revoked', names, type, key });
    }
  }
  return { hosts, authorities, problems };
};

/** How ssh looks a host up: the bare name for port 22, `[name]:port` for any other. */
export const lookupName = (host: string, port: number): string =>
  port === 22 ? host.toLowerCase() : `[${host.toLowerCase()}]:${port}`;

const wildcard = (pattern: string): RegExp =>
  new RegExp(
    `^${pattern
      .toLowerCase()
      .replace(/[\\^$.+()|[\]{}]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.')}$`,
  );

/** Whether the first field of a line speaks of this name. A negated pattern that matches rules the line out. */
export const namesMatch = (names: string, name: string): boolean => {
  const [, scheme, salt, hash] = names.split('|');
  if (names.startsWith('|') && scheme === '1' && salt && hash) {
    return createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest('base64') === hash;
  }
  let matched = false;
  for (const pattern of names.split(',')) {
    if (pattern.startsWith('!')) {
      if (wildcard(pattern.slice(1)).test(name)) return false;
    } else if (pattern.toLowerCase() === name || (/[*?]/.test(pattern) && wildcard(pattern).test(name))) {
      matched = true;
    }
  }
  return matched;
};
