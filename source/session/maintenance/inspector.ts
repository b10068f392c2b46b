import type { PeerId } from '../../cluster/inventory.ts';
import type { Inspection } from '../../maintenance/inspection.ts';
import { readInspection } from '../../maintenance/read-inspection.ts';
import type { Procedure } from '../../maintenance/step.ts';
import type { Clock, RemoteShell } from '../../ports.ts';

const mostBytes = 1024 * 1024;

/** The deep look that a procedure asks for at its hosts. Never rejects: what went wrong is an inspection, too. */
export const inspectorOf =
  (procedure: Procedure, read: (host: PeerId) => RemoteShell, clock: Clock) =>
  async (host: PeerId, step?: string): Promise<Inspection> => {
    const peer = procedure.hosts.find(({ address }) => address === host);
    const [at, wall] = [clock.now(), clock.wall()];
    if (peer === undefined) throw new RangeError(`${host} plays no part in this`);
    const outcome = await read(host).read(procedure.inspect(host, step), { maxBytes: mostBytes });
    if (outcome.kind === 'exited')
      return readInspection(outcome.stdout, peer, { at, wall: (wall + clock.wall()) / 2 });
    const why =
      outcome.kind === 'killed'
        ? ({
            kind: 'closed',
            layer: 'ssh',
            text: `The inspection of ${host} was killed (${outcome.signal}).`,
            answered: true,
          } as const)
        : outcome.why;
    return { kind: 'failed', at, host, why };
  };
