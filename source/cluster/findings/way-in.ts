import type { Sighting } from '../sighting.ts';
import type { TroubleKind } from '../trouble.ts';

/** What a trouble says without when the next try is due: that changes with every look, the trouble doesn't. */
export function lasting(text: string): string {
  return text.replace(/ Next try in \d+ s\.$/, '');
}

/** What mends the way to a host, by what stands in it. */
const REMEDY: Readonly<Record<TroubleKind | 'garbled', string>> = {
  'host-key':
    'Compare the fingerprint with the one on the host itself; if it is right, log in there once by ssh, which adds the line to known_hosts.',
  auth: "Check user and identity in the config, and that the key is in that account's authorized_keys (or in the agent here).",
  dns: 'Check host in the config, and that the name resolves from here.',
  refused: 'Check host and port in the config, and that sshd runs there.',
  timeout: 'Check that the host is up, host and port in the config, and the firewalls on the way.',
  unreachable: 'Check routes and VPN from here, and host in the config.',
  'no-shell':
    'Allow this account a shell, or the forwarding of ports (permitopen) to the status port, in authorized_keys or sshd_config there.',
  closed: "Read the log of sshd there: MaxStartups, an address that isn't allowed, or an sshd that restarts.",
  protocol: 'Check that host and port in the config lead to sshd, and which algorithms it offers.',
  garbled: 'See what listens on the status port there, and whether statusAddress in the config is right.',
};

/** One remedy for each kind of trouble among these looks, most peers first. Weave itself is not changed by any. */
export function remedies(looks: readonly (Sighting | null)[]): string {
  const counts = new Map<keyof typeof REMEDY, number>();
  for (const look of looks) {
    const kind = look?.kind === 'silent' ? look.why.kind : look?.kind === 'garbled' ? 'garbled' : null;
    if (kind) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  const kinds = [...counts].sort((a, b) => b[1] - a[1]).map(([kind]) => kind);
  const [only] = kinds;
  const told =
    kinds.length === 1 && only ? REMEDY[only] : kinds.map((kind) => `${kind}: ${REMEDY[kind]}`).join(' ');
  return `${told} What weave does there is not changed by this.`;
}
