import { createHash } from 'node:crypto';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { ServerHostKeyAlgorithm } from 'ssh2';
import type { Jump } from '../cluster/inventory.ts';
import type { Trouble } from '../cluster/trouble.ts';
import { quote } from '../commands/quote.ts';
import {
  type KnownHost,
  type KnownHosts,
  keyTypeOf,
  lookupName,
  namesMatch,
  parseKnownHosts,
} from './known-hosts.ts';
import { createFileCache } from './text-file.ts';
import { troubleOf } from './trouble.ts';

/** Which host keys a host may show. Nothing is ever added to a known_hosts file. */
export interface HostKeys {
  /** All algorithms ssh2 offers by default, those of keys that are known for this host first. */
  algorithms(host: Omit<Host, 'user'>): ServerHostKeyAlgorithm[];
  /** Null when the key (the SSH wire blob) is known for this host, else a trouble that says what to do. */
  check(host: Host, key: Buffer): Trouble | null;
}

type Host = {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly jump?: readonly Jump[];
  readonly knownHosts: readonly string[];
};

/** The ssh command that logs in once and adds the key to the file that we read; ssh's own file needs no naming. */
const loginOnce = ({ host, port, user, jump = [], knownHosts }: Host): string => {
  const [file] = knownHosts;
  const own = file === undefined || file === join(homedir(), '.ssh', 'known_hosts');
  // ssh takes a list of files here: one with a space in its name needs quotes of its own.
  const option = own ? [] : ['-o', `UserKnownHostsFile=${/\s/.test(file) ? `"${file}"` : file}`];
  const through = jump.map(
    (one) => `${one.user}@${one.host.includes(':') ? `[${one.host}]` : one.host}:${one.port}`,
  );
  return [
    'ssh',
    ...(through.length === 0 ? [] : ['-J', through.join(',')]),
    '-p',
    String(port),
    ...option,
    `${user}@${host}`,
  ]
    .map(quote)
    .join(' ');
};

/** ssh2's default order. */
const ALGORITHMS: readonly ServerHostKeyAlgorithm[] = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
  'rsa-sha2-256',
  'ssh-rsa',
];

const algorithmFits = (algorithm: string, type: string): boolean =>
  algorithm === type || (type === 'ssh-rsa' && algorithm.startsWith('rsa-sha2-'));

/** As `ssh-keygen -l` prints it. */
export const fingerprint = (key: Buffer): string =>
  `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;

const at = (where: { readonly file: string; readonly line: number }): string => `${where.file}:${where.line}`;

/** Checks keys against the known_hosts files that each host names, read again when they change. */
export const createHostKeys = (): HostKeys => {
  const read = createFileCache((file, path): KnownHosts & { readonly code: string | null } =>
    'text' in file
      ? { ...parseKnownHosts(file.text, path), code: null }
      : { hosts: [], authorities: [], problems: [], code: file.code },
  );
  const linesFor = (name: string, files: readonly string[]): KnownHost[] =>
    files.flatMap((file) => read(file).hosts.filter((line) => namesMatch(line.names, name)));

  return {
    algorithms: ({ host, port, knownHosts }) => {
      const types = linesFor(lookupName(host, port), knownHosts).filter((line) => !line.revoked);
      const isKnown = (algorithm: string) => types.some(({ type }) => algorithmFits(algorithm, type));
      return [...ALGORITHMS.filter(isKnown), ...ALGORITHMS.filter((algorithm) => !isKnown(algorithm))];
    },

    check: (peer, key) => {
      const { host, port, knownHosts } = peer;
      const name = lookupName(host, port);
      const lines = linesFor(name, knownHosts);
      const same = (line: KnownHost) => line.key.equals(key);
      const print = `${keyTypeOf(key) ?? 'key'} ${fingerprint(key)}`;
      const files = knownHosts.join(', ') || 'no known_hosts file';

      const revoked = lines.find((line) => line.revoked && same(line));
      if (revoked) {
        return troubleOf(
          'host-key',
          `${name} showed a host key that ${at(revoked)} marks as revoked (${print}). Nothing was sent. Do not connect before its owner has explained this.`,
        );
      }
      const good = lines.filter((line) => !line.revoked);
      if (good.some(same)) return null;
      if (good.length > 0) {
        const known = good.map((line) => `${at(line)} has ${line.type} ${fingerprint(line.key)}`).join('; ');
        return troubleOf(
          'host-key',
          `The host key of ${name} has changed: it showed ${print}, but ${known}. Nothing was sent. Somebody may be in between, or the host was installed anew: compare the fingerprint on the host (ssh-keygen -lf /etc/ssh/ssh_host_*_key.pub), then: ssh-keygen -R '${name}' -f ${good[0]?.file}`,
        );
      }
      // As ssh does: a key that is known for the host on port 22 is good on its other ports.
      if (
        port !== 22 &&
        linesFor(lookupName(host, 22), knownHosts).some((line) => !line.revoked && same(line))
      )
        return null;

      const notes = knownHosts.flatMap((file) => {
        const { code, authorities, problems } = read(file);
        return [
          ...(code ? [`${file} could not be read (${code})`] : []),
          ...authorities
            .filter((line) => namesMatch(line.names, name))
            .map((line) => `${at(line)} names a certificate authority, which this program can't use`),
          ...problems.slice(0, 3).map((problem) => `${at(problem)} was skipped: ${problem.why}`),
        ];
      });
      return troubleOf(
        'host-key',
        `The host key of ${name} is not known: it showed ${print}, and there is no line for it in ${files}.${notes.length > 0 ? ` (${notes.join('; ')}.)` : ''} Nothing was sent. Compare the fingerprint on the host, then add it, for instance by logging in once: ${loginOnce(peer)}`,
      );
    },
  };
};
