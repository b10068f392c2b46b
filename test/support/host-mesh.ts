import type { HostFacts } from '../../source/cluster/host-facts.ts';
import type { PeerWatch } from '../../source/cluster/sighting.ts';
import { address, mesh, nickname, type Over } from './mesh.ts';
import { containerFacts, facts, hostFacts, silent, unitFacts } from './watches.ts';

export const known = <T>(value: T) => ({ known: true, value }) as const;

/** The environment file of a host, with this list. */
export const file = (
  peers: readonly string[] | null,
  over: Partial<HostFacts['environment']> = {},
): HostFacts['environment'] => ({ ...hostFacts().environment, peers, ...over });

/** The addresses of a mesh of so many. */
export const all = (count: number): string[] => Array.from({ length: count }, (_, index) => address(index));

/** A healthy cluster with facts of every host, but for what is given of some. */
export function hosts(
  count: number,
  over: Readonly<Record<number, Partial<HostFacts>>> = {},
  skews: readonly (number | null)[] = [],
  reports: Readonly<Record<number, Over>> = {},
): PeerWatch[] {
  return mesh(count, reports).map((peer, index) => {
    const given = { hostname: nickname(index), environment: file(all(count)), ...over[index] };
    const sighting = facts(given, 1000, skews[index] ?? 0);
    return { ...peer, facts: sighting, lastFacts: sighting.kind === 'facts' ? sighting : null };
  });
}

/** Nothing listens where weave's port should be. */
export const down = silent({ layer: 'weave', kind: 'refused', text: 'nothing listens' });
/** The port takes the question and nobody answers. */
export const mute = silent({ layer: 'weave', kind: 'timeout', text: 'no answer in 5 s' });

/** The same watches, but what the newest look at one of them gave. */
export const withLook = (
  watches: readonly PeerWatch[],
  index: number,
  look: PeerWatch['look'],
): PeerWatch[] => watches.map((peer, other) => (other === index ? { ...peer, look } : peer));

/** A host whose weave was stopped in order. */
export const stoppedHost = {
  container: known(containerFacts({ status: 'exited' })),
  unit: known(unitFacts({ active: 'inactive' })),
};

/** A host without weave's unit and without its container. */
export const bareHost = {
  container: known(containerFacts({ status: 'absent' })),
  unit: known(unitFacts({ load: 'not-found', active: 'inactive', enabled: '' })),
};
