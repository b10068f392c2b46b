import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Command, Outcome } from '../../source/commands/command.ts';
import { systemClock } from '../../source/disk/clock.ts';
import type { ChangingShell, Clock } from '../../source/ports.ts';
import { fleetOf, peerBehind } from '../support/fleet.ts';
import { inventoryPeer } from '../support/inventory-peer.ts';
import { type Ssh2Server, type Ssh2ServerOptions, startSsh2Server } from '../support/ssh2-server.ts';
import { noSshd, type RealSshd, startSshd } from '../support/sshd.ts';

const change = (given: Partial<Command<'changes'>> = {}): Command<'changes'> => ({
  name: 'touch',
  script: ': >"$1"',
  args: ['mark'],
  effect: 'changes',
  timeout: 30_000,
  privileged: false,
  ...given,
});

/** A server that does what it is told to with requests, and a shell that changes it. */
const behind = async (
  options: Ssh2ServerOptions,
  run: (shell: ChangingShell, server: Ssh2Server, mark: string) => Promise<void>,
  clock: Clock = systemClock,
) => {
  const server = await startSsh2Server(options);
  const peer = peerBehind(server);
  const fleet = fleetOf([peer], { clock });
  try {
    await run(fleet.changing(peer.address), server, join(server.folder, 'mark'));
  } finally {
    await fleet.close();
    await server.stop();
  }
};

const told = (outcome: Outcome): string =>
  outcome.kind === 'unsent' || outcome.kind === 'lost'
    ? `${outcome.kind} ${outcome.why.kind}${outcome.why.answered ? ', answered' : ''}`
    : outcome.kind;

describe('a command that was not answered', () => {
  it.each([
    ['is unsent when the server says no to it', { exec: 'forbid' }, 'unsent no-shell'],
    ['is unsent when the server gives no session', { session: 'refuse' }, 'unsent no-shell'],
    ['is lost when its channel closes without a word', { exec: 'shut' }, 'lost closed, answered'],
    ['is lost when the link breaks before an answer', { exec: 'vanish' }, 'lost closed'],
    ['is lost when it ran and the link broke before an answer', { exec: 'vanish-running' }, 'lost closed'],
  ] as const)('%s', (_, options, wanted) =>
    behind(options, async (shell, _, mark) => {
      const command = change({ args: [mark] });
      expect(told(await shell.change(command))).toBe(wanted);
      expect(existsSync(mark)).toBe('exec' in options && options.exec === 'vanish-running');
      expect(told(await shell.open(command, () => {}).ended)).toBe(wanted);
    }),
  );

  it('is unsent when the link breaks before the server gave a session', () =>
    behind({ session: 'ignore' }, async (shell, server) => {
      const outcome = shell.change(change());
      const channel = shell.open(change(), () => {});
      await expect.poll(() => server.sessions().asked, { timeout: 20_000 }).toBe(2);
      server.cut();
      expect(told(await outcome)).toBe('unsent closed');
      expect(told(await channel.ended)).toBe('unsent closed');
    }));

  it('is lost when it does not end in time, on a host that is there', () =>
    behind({}, async (shell) => {
      const slow = change({ script: 'exec sleep 20', args: [], timeout: 3_000 });
      expect(told(await shell.change(slow))).toBe('lost timeout, answered');
    }));

  it('is unsent, and never sent later, when the server gives no session in time', () =>
    behind({ session: 'ignore' }, async (shell, server) => {
      const outcome = await shell.change(change({ timeout: 500 }));
      expect(outcome).toMatchObject({
        kind: 'unsent',
        why: { kind: 'timeout', text: expect.stringContaining('it was not run') },
      });
      // The connection is gone with it; the next command makes a new one.
      await shell.change(change({ timeout: 500 }));
      expect(server.logins()).toBe(2);
    }));

  it('is unsent when it can stand in no command line', () =>
    behind({}, async (shell, server) => {
      const outcome = await shell.change(change({ args: ['a\0b'] }));
      expect(outcome).toMatchObject({
        kind: 'unsent',
        why: { kind: 'protocol', text: expect.stringMatching(/`touch` can't be sent to .* NUL byte/) },
      });
      expect(server.logins()).toBe(0);
    }));

  it('leaves no session behind that was refused', () =>
    behind({ exec: 'forbid' }, async (shell, server) => {
      for (let times = 0; times < 12; times += 1) await shell.change(change());
      await expect.poll(() => server.sessions(), { timeout: 20_000 }).toEqual({ asked: 12, closed: 12 });
    }));
});

describe.skipIf(noSshd !== null)(`on a real sshd${noSshd ? ` (skipped: ${noSshd})` : ''}`, () => {
  type Fleet = ReturnType<typeof fleetOf>;
  const onSshd =
    (config: readonly string[], run: (shell: ChangingShell, sshd: RealSshd, fleet: Fleet) => Promise<void>) =>
    async () => {
      const sshd = await startSshd(config);
      const peer = peerBehind(sshd);
      const fleet = fleetOf([peer]);
      try {
        await run(fleet.changing(peer.address), sshd, fleet);
      } finally {
        sshd.signal('SIGCONT');
        await fleet.close();
        await sshd.stop();
      }
    };

  it(
    'says that the host opens no further session, and goes on when there is room',
    onSshd(['MaxSessions 4'], async (shell) => {
      const said: string[] = [];
      const open = () =>
        shell.open(change({ script: 'echo open; cat', args: [] }), (line) => void said.push(line));
      const channels = [open(), open(), open(), open()];
      await expect.poll(() => said.length, { timeout: 20_000 }).toBe(4);
      const says = change({ script: 'echo hello', args: [] });
      expect(await shell.change(says)).toMatchObject({
        kind: 'unsent',
        why: {
          kind: 'refused',
          text: expect.stringContaining('opened no further session for `touch`: 4 are open (MaxSessions)'),
        },
      });
      channels[0]?.end();
      // sshd counts a session for a moment longer than its channel is there.
      await expect.poll(async () => told(await shell.change(says)), { timeout: 20_000 }).toBe('exited');
      for (const channel of channels) channel.end();
      for (const channel of channels) expect(await channel.ended).toMatchObject({ kind: 'exited' });
    }),
  );

  it(
    'waits for one to end where the host opens but one session, and runs the command once',
    onSshd(['MaxSessions 1'], async (shell, sshd) => {
      const mark = join(sshd.folder, 'runs');
      const add = change({ script: 'echo run >>"$1"', args: [mark] });
      const outcomes = await Promise.all([shell.change(add), shell.change(add), shell.change(add)]);
      expect(outcomes.map(told)).toEqual(['exited', 'exited', 'exited']);
      expect(readFileSync(mark, 'utf8')).toBe('run\nrun\nrun\n');
    }),
  );

  it(
    'tells how a command ended that left somebody behind who holds its output open',
    onSshd([], async (shell, sshd) => {
      const script = 'echo done; { while [ -d "$1" ]; do sleep 0.1; done; } & exit 4';
      const left = change({ script, args: [sshd.folder], timeout: 3_000 });
      expect(await shell.change(left)).toMatchObject({ kind: 'exited', code: 4, stdout: 'done\n' });
    }),
  );

  it(
    'ends a channel whose host fell silent, once the looks at it stay without an answer',
    onSshd([], async (shell, sshd, fleet) => {
      const lines: string[] = [];
      const lease = change({ script: 'while read -r beat; do echo "beat $beat"; done', args: [] });
      const channel = shell.open(lease, (line) => lines.push(line));
      channel.write('1\n');
      await expect.poll(() => lines, { timeout: 20_000 }).toEqual(['beat 1']);
      sshd.signal('SIGSTOP');
      expect(channel.write('2\n')).toBe(true);
      const { tunnel } = fleet.peer(inventoryPeer().address);
      let over: Outcome | null = null;
      void channel.ended.then((outcome) => {
        over = outcome;
      });
      const look = async () => {
        await tunnel.get({ host: '127.0.0.1', port: 6784 }, { path: '/report', timeout: 500 });
        return over;
      };
      await expect
        .poll(look, { timeout: 30_000 })
        .toMatchObject({ kind: 'lost', why: { kind: 'timeout', layer: 'ssh' } });
      expect(lines).toEqual(['beat 1']);
      expect(channel.write('3\n')).toBe(false);
    }),
  );
});

it('knows the hosts of the inventory only', () => {
  expect(() => fleetOf([]).changing('10.9.9.9')).toThrow('10.9.9.9 is not in the inventory of test');
});
