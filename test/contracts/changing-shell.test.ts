import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { InventoryPeer } from '../../source/cluster/inventory.ts';
import type { Outcome } from '../../source/commands/command.ts';
import { type FakeChanges, type FakeFarEnd, fakeChange } from '../support/fake-change.ts';
import { fleetOf, peerBehind } from '../support/fleet.ts';
import { startSsh2Server } from '../support/ssh2-server.ts';
import { noSshd, startSshd } from '../support/sshd.ts';
import { asReader, type ChangingWorld, changingShellContract } from './changing-shell.ts';
import { remoteShellContract } from './remote-shell.ts';

type Server = {
  readonly folder: string;
  readonly port: number;
  readonly knownHosts: string;
  readonly clientKey: { readonly file: string };
  readonly user?: string;
  readonly cut: () => void;
  readonly stop: () => Promise<void>;
  /** Ends what stands on the way to it. */
  readonly also?: () => Promise<void>;
};

const overSsh = async (server: Server, given: Partial<InventoryPeer> = {}): Promise<ChangingWorld> => {
  const peer = peerBehind(server, given);
  const fleet = fleetOf([peer]);
  let stopped = false;
  const stop = async () => {
    if (!stopped) await server.stop();
    stopped = true;
  };
  return {
    shell: fleet.changing(peer.address),
    mark: join(server.folder, 'begun'),
    begun: (mark) => expect.poll(() => existsSync(mark), { timeout: 20_000 }).toBe(true),
    goOn: (mark) => writeFileSync(`${mark}.go`, ''),
    cut: server.cut,
    goAway: stop,
    end: async () => {
      await fleet.close();
      await stop();
      await server.also?.();
    },
  };
};

const everyContract = (name: string, skip: string | null, makeWorld: () => Promise<ChangingWorld>) => {
  changingShellContract(name, skip, makeWorld);
  remoteShellContract(`one that changes, ${name}`, skip, async () => {
    const world = await makeWorld();
    return { ...world, shell: asReader(world.shell) };
  });
};

everyContract('over ssh2, to a server of ssh2', null, async () => overSsh(await startSsh2Server()));

everyContract('over ssh2, to a real sshd', noSshd, async () => {
  const sshd = await startSshd();
  return overSsh({ ...sshd, cut: () => sshd.signal('SIGKILL') });
});

everyContract('through a jump host, both real sshds', noSshd, async () => {
  const [jump, target] = [await startSshd(), await startSshd()];
  const world = await overSsh(
    {
      ...target,
      cut: () => target.signal('SIGKILL'),
      also: jump.stop,
    },
    {
      jump: [{ host: '127.0.0.1', port: jump.port, user: jump.user }],
      identity: [jump.clientKey.file, target.clientKey.file],
      knownHosts: [jump.knownHosts, target.knownHosts],
    },
  );
  return { ...world, gone: 'unreachable' };
});

/** The in-memory host of other tests, taught these commands: what it says must be what a real one says. */
const inMemory = (): ChangingWorld => {
  let gone = false;
  const why = (kind: 'closed' | 'timeout' | 'refused') => ({ kind, layer: 'ssh', text: kind }) as const;
  const lost = (kind: 'closed' | 'timeout', stdout = ''): Outcome => ({
    kind: 'lost',
    why: why(kind),
    stdout,
  });
  const unsent: Outcome = { kind: 'unsent', why: why('refused') };
  const exited = (code: number, stdout: string, stderr = ''): Outcome =>
    gone ? unsent : { kind: 'exited', code, stdout, stderr, took: 1 };
  const event = () => {
    let happen = () => {};
    const happened = new Promise<void>((done) => {
      happen = done;
    });
    return { happened, happen };
  };
  const [link, begun] = [event(), event()];

  /** Runs `far` on a channel that ends with the link, and at once where the host is gone. */
  const onLink = (far: FakeFarEnd): boolean => {
    if (gone) far.finish(unsent);
    else void link.happened.then(() => far.finish(lost('closed')));
    return !gone;
  };
  const answers: NonNullable<FakeChanges['channels']>[string] = (_, far) => {
    let rest = '';
    onLink(far);
    return {
      write: (text) => {
        const lines = (rest + text).split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) far.say(`got ${line}`);
        return true;
      },
      end: () => {
        far.say('tail');
        far.finish(exited(0, ''));
      },
    };
  };
  /** Says these lines and ends so, whatever it is sent. */
  const says =
    (lines: readonly string[], outcome: Outcome): NonNullable<FakeChanges['channels']>[string] =>
    (_, far) => {
      for (const line of lines) far.say(line);
      far.finish(outcome);
      return { write: () => false, end: () => {} };
    };
  const host: FakeChanges = {
    commands: {
      says: () => exited(7, 'out', 'err'),
      arguments: ({ args }) => exited(0, args.map((arg) => `[${arg}]`).join('')),
      killed: () => ({ kind: 'killed', signal: 'SIGKILL', stdout: 'before', stderr: '', took: 1 }),
      big: (_, __, maxBytes) => exited(0, 'x'.repeat(Math.min(3_000_000, maxBytes))),
      reads: (_, stdin) => exited(0, `${stdin}end`),
      late: () => lost('timeout', 'begun'),
      endless: async () => {
        begun.happen();
        await link.happened;
        return lost('closed', 'begun');
      },
      ok: () => exited(0, 'ok'),
      ignores: () => exited(3, ''),
      echoes: (_, stdin) => exited(0, stdin),
      patient: () => lost('timeout', 'begun'),
    },
    channels: {
      answers,
      dies: says(['first'], { kind: 'killed', signal: 'SIGKILL', stdout: '', stderr: 'why\n', took: 1 }),
      long: says(['x'.repeat(65_536), 'next'], exited(0, '')),
      letters: says(['tä', '', '\tx\r'], exited(0, '')),
      deaf: (_, far) => {
        let room = 100_000;
        onLink(far);
        far.say('here');
        return {
          write: (text) => {
            room -= text.length;
            return room >= 0;
          },
          end: () => {},
        };
      },
    },
  };
  return {
    shell: fakeChange(host).shell,
    mark: 'mark',
    begun: () => begun.happened,
    goOn: begun.happen,
    cut: link.happen,
    goAway: async () => {
      gone = true;
    },
    end: async () => {},
  };
};
everyContract('in memory', null, async () => inMemory());
