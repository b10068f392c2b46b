import { appendFileSync, readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import type { InventoryPeer } from '../../source/cluster/inventory.ts';
import { notDeadBy, type Trouble } from '../../source/cluster/trouble.ts';
import { systemClock } from '../../source/disk/clock.ts';
import type { Fleet } from '../../source/ports.ts';
import type { Connection } from '../../source/ssh/connection.ts';
import type { Line } from '../../source/ssh/dial.ts';
import { through as wayThrough } from '../../source/ssh/road.ts';
import { contractCommand } from '../contracts/remote-shell.ts';
import { fakeClock } from '../support/fake-clock.ts';
import { fleetOf, peerBehind } from '../support/fleet.ts';
import { closedPort } from '../support/http-server.ts';
import { type Ssh2Server, type Ssh2ServerOptions, startSsh2Server } from '../support/ssh2-server.ts';
import { noSshd, type RealSshd, startSshd } from '../support/sshd.ts';

const ending: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ending.splice(0).reverse()) await end();
});
const server = async (options: Ssh2ServerOptions = {}): Promise<Ssh2Server> => {
  const made = await startSsh2Server(options);
  ending.push(made.stop);
  return made;
};
const fleet = (...given: Parameters<typeof fleetOf>) => {
  const made = fleetOf(...given);
  ending.push(() => made.close());
  return made;
};

const hello = contractCommand('says', 'printf hello');
const says = (reach: Fleet, { address }: InventoryPeer) => reach.peer(address).shell.read(hello);
const hop = ({ port }: { readonly port: number }, user = 'ops') => ({ host: '127.0.0.1', port, user });

type Server = Ssh2Server | RealSshd;
/** A peer behind the last of these servers, reached through the others. */
const through = (servers: readonly Server[], given: Partial<InventoryPeer> = {}): InventoryPeer =>
  peerBehind(servers.at(-1) as Server, {
    jump: servers.slice(0, -1).map((one) => hop(one, 'user' in one ? one.user : 'ops')),
    identity: servers.map(({ clientKey }) => clientKey.file),
    knownHosts: servers.map(({ knownHosts }) => knownHosts),
    ...given,
  });

const trouble = async (peer: InventoryPeer, parts: Parameters<typeof fleetOf>[1] = {}): Promise<Trouble> => {
  const outcome = await says(fleet([peer], parts), peer);
  if (outcome.kind !== 'unsent') throw new Error(JSON.stringify(outcome));
  return outcome.why;
};

describe('a peer behind a jump host', () => {
  it('is reached, all of them by one login there', async () => {
    const [jump, target] = [await server(), await server()];
    const peers = ['10.0.0.1', '10.0.0.2', '10.0.0.3'].map((address) =>
      through([jump, target], { address, host: '127.0.0.1' }),
    );
    const reach = fleet(peers);
    const outcomes = await Promise.all(peers.map((peer) => says(reach, peer)));
    expect(outcomes.map((one) => (one.kind === 'exited' ? one.stdout : one))).toEqual(
      peers.map(() => 'hello'),
    );
    expect([jump.logins(), target.logins()]).toEqual([1, 3]);
  });

  it('is reached through two of them, one behind the other', async () => {
    const [first, second, target] = [await server(), await server(), await server()];
    const peer = through([first, second, target]);
    expect(await says(fleet([peer]), peer)).toMatchObject({ kind: 'exited', stdout: 'hello' });
    expect([first.forwards(), second.forwards()]).toEqual([1, 1]);
  });

  it('is found again when the jump host has come back', async () => {
    const [jump, target] = [await server(), await server()];
    const peer = through([jump, target]);
    const reach = fleet([peer]);
    expect(await says(reach, peer)).toMatchObject({ kind: 'exited' });
    jump.cut();
    await expect
      .poll(
        async () => {
          reach.retryNow();
          return (await says(reach, peer)).kind;
        },
        { timeout: 20_000 },
      )
      .toBe('exited');
    expect(jump.logins()).toBe(2);
  });
});

describe('a peer behind a jump host that is no help', () => {
  it('was not asked where nobody is there, and so is not dead', async () => {
    const target = await server();
    const port = await closedPort();
    const why = await trouble(through([target], { jump: [hop({ port })] }));
    expect(why).toEqual({
      kind: 'refused',
      layer: 'ssh',
      unasked: true,
      text: `ops@127.0.0.1:${target.port} through ops@127.0.0.1:${port} was not asked: ops@127.0.0.1:${port} refused the connection (ECONNREFUSED). Is sshd running there, and are host and port right?`,
    });
    expect(notDeadBy(why)).toBe('could not be asked');
  });

  it('was not asked where it lets nobody on', async () => {
    const [jump, target] = [await server({ forward: 'prohibit' }), await server()];
    const why = await trouble(through([jump, target]));
    expect(why).toMatchObject({ kind: 'unreachable', unasked: true });
    expect(why.text).toBe(
      `ops@127.0.0.1:${jump.port} does not let this account on to 127.0.0.1:${target.port} (AllowTcpForwarding, or permitopen of its key).`,
    );
    expect(notDeadBy(why)).toBe('could not be asked');
  });

  it('was not asked where its key is not known; the command that adds it is of the jump host', async () => {
    const [jump, target] = [await server(), await server()];
    const why = await trouble(through([jump, target], { knownHosts: [target.knownHosts] }));
    expect(why).toMatchObject({ kind: 'host-key', unasked: true });
    expect(why.text).toMatch(/ was not asked: The host key of \[127\.0\.0\.1\]:\d+ is not known/);
    expect(why.text).toContain(`ssh -p ${jump.port} `);
    expect(notDeadBy(why)).toBe('could not be asked');
  });

  it('was not asked where it goes away under a command, which may have run', async () => {
    const [jump, target] = [await server(), await server()];
    const peer = through([jump, target]);
    const outcome = fleet([peer]).peer(peer.address).shell.read(contractCommand('waits', 'exec sleep 60'));
    await expect.poll(() => target.sessions().asked, { timeout: 20_000 }).toBe(1);
    jump.cut();
    const ended = await outcome;
    if (ended.kind !== 'lost') throw new Error(JSON.stringify(ended));
    expect(ended.why.kind).toBe('closed');
    expect(notDeadBy(ended.why)).toBe('could not be asked');
  });

  it('was not asked where it falls silent on the way, whatever came of it before', async () => {
    const { clock, advance } = fakeClock();
    let bytes = 0;
    let suspected = 0;
    const line = { client: { forwardOut: () => {} }, bytesRead: () => bytes } as unknown as Line;
    const jump: Connection = {
      where: 'ops@jump:22',
      open: async () => ({ kind: 'open', line }),
      ping: () => {},
      suspect: () => {
        suspected += 1;
      },
      drop: () => {},
      lostBecause: () => null,
      retryNow: () => {},
      close: async () => {},
    };
    const given = { clock, timeout: 10_000, signal: new AbortController().signal };
    const found = wayThrough(jump, { host: '10.0.0.1', port: 22 }, 'ops@10.0.0.1:22', given);
    await advance(1_000);
    bytes = 100;
    await advance(9_000);
    const ended = await found;
    if (ended.kind !== 'trouble') throw new Error('a road where nobody answered');
    expect(notDeadBy(ended.why)).toBe('could not be asked');
    expect(suspected).toBe(1);
  });

  it('answers with its own key, which ssh learns by the same way', async () => {
    const [jump, target] = [await server(), await server()];
    const why = await trouble(through([jump, target], { knownHosts: [jump.knownHosts] }));
    expect(why.text).toContain(`ssh -J ops@127.0.0.1:${jump.port} -p ${target.port} `);
    expect(notDeadBy(why)).toBe('answers and lets nobody in');
  });
});

describe('a peer that is not there, behind a jump host that is', () => {
  const down = async (given: Partial<InventoryPeer>): Promise<Trouble> => {
    const [jump, target] = [await server(), await server()];
    return trouble(through([jump, target], given));
  };

  it('is out of reach', async () => {
    const port = await closedPort();
    const why = await down({ port });
    expect(why.kind).toBe('unreachable');
    expect(why.text).toMatch(
      new RegExp(`^ops@127\\.0\\.0\\.1:\\d+ finds no way on to 127\\.0\\.0\\.1:${port} \\(`),
    );
    expect(notDeadBy(why)).toBeNull();
  });

  it('may have a name that can not be looked up there: then nobody was asked', async () => {
    expect(notDeadBy(await down({ host: 'no-such-host.invalid' }))).toBe('could not be asked');
  });
});

describe.skipIf(noSshd !== null)(`behind a real sshd${noSshd ? ` (skipped: ${noSshd})` : ''}`, () => {
  /** Ten times as fast, when it is told to. */
  const hasty = {
    ...systemClock,
    times: 1,
    after: (ms: number, run: () => void) => systemClock.after(ms / hasty.times, run),
  };

  it('a jump host that hangs is no dead peer', { timeout: 60_000 }, async () => {
    const [jump, target] = [await startSshd(), await startSshd()];
    ending.push(jump.stop, target.stop);
    const [one, other] = [
      through([jump, target], { address: '10.0.0.1', host: '127.0.0.1' }),
      through([jump, target], { address: '10.0.0.2', host: '127.0.0.1' }),
    ];
    const reach = fleet([one, other], { clock: hasty });
    expect(await says(reach, one)).toMatchObject({ kind: 'exited', stdout: 'hello' });
    jump.signal('SIGSTOP');
    hasty.times = 10;
    const outcome = await says(reach, other);
    jump.signal('SIGCONT');
    if (outcome.kind !== 'unsent') throw new Error(JSON.stringify(outcome));
    expect(outcome.why).toMatchObject({ kind: 'timeout', unasked: true });
    expect(outcome.why.text).toMatch(/was not asked: The SSH connection to .* gave no sign of life/);
  });

  it('a host is out of reach by its name, too, where the jump host found its address', async () => {
    const [jump, target] = [await startSshd(), await startSshd()];
    ending.push(jump.stop, target.stop);
    const down = (host: string, port: number) => trouble(through([jump, target], { host, port }));
    const why = await down('localhost', await closedPort());
    expect(why.text).toMatch(/ finds no way on to localhost:\d+ \(.*Connection refused\)/);
    expect(notDeadBy(why)).toBeNull();
    expect(notDeadBy(await down('no-such-host.invalid', 22))).toBe('could not be asked');
  });

  it('a host that only the jump host knows by name is reached by it', async () => {
    const [jump, target] = [await startSshd(), await startSshd()];
    ending.push(jump.stop, target.stop);
    appendFileSync(
      target.knownHosts,
      readFileSync(target.knownHosts, 'utf8').replace('127.0.0.1', 'localhost'),
    );
    const peer = through([jump, target], { host: 'localhost' });
    expect(await says(fleet([peer]), peer)).toMatchObject({ kind: 'exited', stdout: 'hello' });
  });
});
