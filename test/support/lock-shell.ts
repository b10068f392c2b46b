import type { Command, Outcome } from '../../source/commands/command.ts';
import type { Expected } from '../../source/commands/lock/swap.ts';
import type { Clock, LiveChannel } from '../../source/ports.ts';
import type { LockPeerPorts } from '../../source/session/lock/lock-ports.ts';
import { LockPeer } from './lock-peer.ts';

const CUT = { kind: 'closed', text: 'the link was cut', layer: 'ssh' } as const;

/** A peer in memory behind the ports of the lock. Commands that aren't the lock's are an error of the test. */
export class LockShell {
  readonly peer: LockPeer;
  up = true;
  /** Names of the commands in the order in which they ran. */
  readonly ran: string[] = [];
  onRun: (name: string) => void = () => {};
  readonly ports: LockPeerPorts;
  private readonly clock: Clock;
  private readonly open = new Set<(outcome: Outcome) => void>();

  constructor(clock: Clock, peer = new LockPeer()) {
    this.peer = peer;
    this.clock = clock;
    const run = (command: Command) => Promise.resolve(this.run(command));
    this.ports = {
      read: { read: run },
      change: { change: run, open: (command, onLine) => this.lease(command, onLine) },
      folders: { runtimeDir: '/run/lock', stateDir: '/var/lib/weave-console' },
    };
  }

  /** Ends every channel, as a link that drops does: both ends notice. */
  cut(): void {
    this.up = false;
    for (const end of this.open) end({ kind: 'lost', why: CUT, stdout: '' });
  }

  reboot(): void {
    this.peer.reboot();
    for (const end of this.open) end({ kind: 'lost', why: CUT, stdout: '' });
  }

  private run(command: Command): Outcome {
    if (!this.up) return { kind: 'unsent', why: CUT };
    this.ran.push(command.name);
    this.onRun(command.name);
    return { kind: 'exited', code: 0, stdout: this.answer(command), stderr: '', took: 1 };
  }

  private answer({ name, args }: Command): string {
    const expected = (kind = '', value = ''): Expected => {
      if (kind === 'own') return { kind, prefix: value };
      return kind === 'exact' ? { kind, sum: value } : { kind: 'absent' };
    };
    switch (name) {
      case 'lock-look':
        return this.peer.look(this.clock.now(), args[2]);
      case 'lock-record': {
        const [, , token = '', kind, value, mind, record = '', note = ''] = args;
        return this.peer.swap({
          token,
          expected: expected(kind, value),
          record,
          mind: mind === 'mind',
          note,
        });
      }
      case 'lock-release':
        return this.peer.remove(expected(args[1], args[2]), args[3] ?? '');
      default:
        throw new Error(`nobody expected the command ${name}`);
    }
  }

  private lease({ name, args }: Command, onLine: (line: string) => void): LiveChannel {
    if (name !== 'lock-lease') throw new Error(`nobody expected to open ${name}`);
    const channel = {};
    let finish = (_: Outcome): void => {};
    const ended = new Promise<Outcome>((resolve) => {
      finish = (outcome) => {
        this.peer.free(channel);
        this.open.delete(finish);
        resolve(outcome);
      };
    });
    if (!this.up) finish({ kind: 'unsent', why: CUT });
    else {
      this.ran.push(name);
      this.onRun(name);
      this.open.add(finish);
      const said = this.peer.open(args[1] ?? '', channel, this.clock.now());
      onLine('Welcome to this host');
      onLine(said);
      if (!said.endsWith(' held')) finish({ kind: 'exited', code: 75, stdout: '', stderr: '', took: 1 });
    }
    return {
      write: (text) => {
        const said = this.up ? this.peer.beat(channel, Number(text), this.clock.now()) : null;
        if (said !== null) onLine(said);
        return said !== null;
      },
      end: () => finish({ kind: 'exited', code: 0, stdout: '', stderr: '', took: 1 }),
      ended,
    };
  }
}
