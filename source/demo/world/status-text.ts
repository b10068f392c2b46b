/** The parts of a report that `weave status` prints. A trace's report.json fits it as well as our own. */
export type StatusSource = {
  readonly Version: string;
  readonly Router: {
    readonly ProtocolMinVersion: number;
    readonly ProtocolMaxVersion: number;
    readonly Name: string;
    readonly NickName: string;
    readonly Encryption: boolean;
    readonly PeerDiscovery: boolean;
    readonly Targets: readonly string[] | null;
    readonly Connections:
      | readonly {
          readonly Address: string;
          readonly Outbound: boolean;
          readonly State: string;
          readonly Info: string;
          readonly Attrs: Readonly<Record<string, unknown>> | null;
        }[]
      | null;
    readonly Peers: readonly {
      readonly Name: string;
      readonly NickName: string;
      readonly Connections: unknown;
    }[];
    readonly TrustedSubnets: readonly string[] | null;
  };
  readonly IPAM: {
    readonly Paxos: {
      readonly Elector: boolean;
      readonly KnownNodes: number;
      readonly Quorum: number;
    } | null;
    readonly Range: string;
    readonly RangeNumIPs: number;
    readonly ActiveIPs: number;
    readonly DefaultSubnet: string;
    readonly Entries:
      | readonly {
          readonly Size: number;
          readonly Peer: string;
          readonly Nickname: string;
          readonly IsKnownPeer: boolean;
        }[]
      | null;
    readonly PendingAllocates: readonly unknown[] | null;
  };
  readonly DNS: {
    readonly Domain: string;
    readonly Upstream: readonly string[] | null;
    readonly TTL: number;
    readonly Entries: readonly unknown[] | null;
  };
  readonly Proxy: { readonly Addresses: readonly string[] };
  readonly Plugin: { readonly DriverName: string };
};

type GossipLink = {
  readonly Name: string;
  readonly NickName: string;
  readonly Address: string;
  readonly Outbound: boolean;
  readonly Established: boolean;
};

/** What can stand behind `/status`. */
export type StatusPart = 'connections' | 'peers' | 'targets' | 'ipam' | 'dns';

const arrow = (outbound: boolean) => (outbound ? '->' : '<-');

const connections = ({ Router }: StatusSource): string =>
  (Router.Connections ?? [])
    .map(({ Address, Outbound, State, Info, Attrs }) => {
      const attributes = Object.entries(Attrs ?? {})
        .filter(([key]) => key !== 'name')
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([key, value]) => `${key}=${value}`);
      return `${arrow(Outbound)} ${Address.padEnd(21)} ${State.padEnd(11)} ${Info} ${attributes.join('')}\n`;
    })
    .join('');

const peers = ({ Router }: StatusSource): string =>
  Router.Peers.map(({ Name, NickName, Connections }) => {
    const links = ((Connections ?? []) as readonly GossipLink[]).map((link) => {
      const name = `${link.Name}(${link.NickName})`;
      const state = link.Established ? 'established' : 'pending';
      return `   ${arrow(link.Outbound)} ${link.Address.padEnd(21)} ${name.padEnd(37)} ${state}\n`;
    });
    return `${Name}(${NickName})\n${links.join('')}`;
  }).join('');

const targets = ({ Router }: StatusSource): string =>
  (Router.Targets ?? []).map((one) => `${one}\n`).join('');

/** As Go rounds an exact half, to the even digit: 6.25 is 6.2. */
const oneDecimal = (value: number): string => {
  const tenths = value * 10;
  const half = tenths - Math.floor(tenths) === 0.5;
  return ((half ? 2 * Math.round(tenths / 2) : Math.round(tenths)) / 10).toFixed(1);
};

const ipam = ({ Router, IPAM }: StatusSource): string => {
  const owners = new Map<string, { size: number; nickname: string; known: boolean }>();
  for (const { Peer, Size, Nickname, IsKnownPeer } of IPAM.Entries ?? []) {
    const size = (owners.get(Peer)?.size ?? 0) + Size;
    owners.set(Peer, { size, nickname: Nickname, known: IsKnownPeer });
  }
  const line = (peer: string): string => {
    const { size, nickname, known } = owners.get(peer) as { size: number; nickname: string; known: boolean };
    const percent = oneDecimal((100 * size) / IPAM.RangeNumIPs).padStart(4, '0');
    const note = peer === Router.Name ? `(${IPAM.ActiveIPs} active)` : known ? '' : '- unreachable!';
    return `${`${peer}(${nickname})`.padEnd(37)} ${String(size).padStart(8)} IPs (${percent}% of total) ${note}\n`;
  };
  const others = [...owners.keys()].filter((peer) => peer !== Router.Name);
  return [...(owners.has(Router.Name) ? [Router.Name] : []), ...others].map(line).join('');
};

/** The line after `Status:` (weave `ipam/status.go`, in its order). */
export const ipamStatus = ({ IPAM }: Pick<StatusSource, 'IPAM'>): string => {
  const entries = IPAM.Entries ?? [];
  if (entries.length > 0) {
    if (!entries.some(({ Size, IsKnownPeer }) => Size > 0 && IsKnownPeer))
      return "all IP ranges owned by unreachable peers - use 'rmpeer' if they are dead";
    return (IPAM.PendingAllocates ?? []).length > 0 ? 'waiting for IP(s) to become available' : 'ready';
  }
  if (IPAM.Paxos === null) return 'idle';
  if (!IPAM.Paxos.Elector) return 'priming';
  return `awaiting consensus (quorum: ${IPAM.Paxos.Quorum}, known: ${IPAM.Paxos.KnownNodes})`;
};

const states = ['established', 'pending', 'retrying', 'failed', 'connecting', 'waiting'];

const overview = (report: StatusSource): string => {
  const { Router, IPAM, DNS } = report;
  const rows = Router.Connections ?? [];
  const counts = states.flatMap((state) => {
    const count = rows.filter(({ State }) => State === state).length;
    return count === 0 ? [] : [`${count} ${state}`];
  });
  const links = Router.Peers.flatMap(({ Connections }) => (Connections ?? []) as readonly GossipLink[]);
  const up = links.filter(({ Established }) => Established).length;
  const half = links.length - up;
  const linkText = [...(up > 0 ? [`${up} established`] : []), ...(half > 0 ? [`${half} pending`] : [])].join(
    ', ',
  );
  const subnets = Router.TrustedSubnets ?? [];
  const part = (rowsOfPart: readonly (readonly [string, string | number])[]): string =>
    rowsOfPart.map(([key, value]) => `${`${key}:`.padStart(16)} ${value}\n`).join('');
  return [
    part([['Version', `${report.Version} (version check update disabled)`]]),
    part([
      ['Service', 'router'],
      ['Protocol', `weave ${Router.ProtocolMinVersion}..${Router.ProtocolMaxVersion}`],
      ['Name', `${Router.Name}(${Router.NickName})`],
      ['Encryption', Router.Encryption ? 'enabled' : 'disabled'],
      ['PeerDiscovery', Router.PeerDiscovery ? 'enabled' : 'disabled'],
      ['Targets', Router.Targets?.length ?? 0],
      ['Connections', `${rows.length}${counts.length > 0 ? ` (${counts.join(', ')})` : ''}`],
      ['Peers', `${Router.Peers.length}${links.length > 0 ? ` (with ${linkText} connections)` : ''}`],
      ['TrustedSubnets', subnets.length === 0 ? 'none' : subnets.join(', ')],
    ]),
    part([
      ['Service', 'ipam'],
      ['Status', ipamStatus(report)],
      ['Range', IPAM.Range],
      ['DefaultSubnet', IPAM.DefaultSubnet],
    ]),
    part([
      ['Service', 'dns'],
      ['Domain', DNS.Domain],
      ['Upstream', (DNS.Upstream ?? []).join(', ')],
      ['TTL', DNS.TTL],
      ['Entries', DNS.Entries?.length ?? 0],
    ]),
    part([
      ['Service', 'proxy'],
      ['Address', report.Proxy.Addresses.join(', ')],
    ]),
    part([
      ['Service', 'plugin (legacy)'],
      ['DriverName', report.Plugin.DriverName],
    ]),
  ].join('\n');
};

/** The body of `GET /status` or one of its parts. `weave status` prints the first with an empty line before and after. */
export const statusText = (report: StatusSource, part?: StatusPart): string => {
  if (part === undefined) return overview(report);
  return { connections, peers, targets, ipam, dns: () => '' }[part](report);
};
