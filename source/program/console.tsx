import type { Mischief } from '../ports.ts';
import { openSession } from '../session/session.ts';
import { runConsole } from '../ui/run.tsx';
import type { Opening } from '../ui/screens.ts';
import { copyByTerminal } from './clipboard.ts';
import type { Cluster } from './cluster-choice.ts';
import { openFleet } from './fleet.ts';
import { remembered } from './last-change.ts';
import { accountOf, type WayBack } from './leaving.ts';
import type { Terminal } from './terminal.ts';
import { workshopOf } from './workshop.ts';

/** How the console is opened. */
export type ConsoleWish = {
  readonly mischief?: Mischief;
  /** The grid by default. */
  readonly opening?: Opening;
  /** How to take up a change that is left under way. */
  readonly back: WayBack;
};

const endings = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Ends by this signal as if nobody had listened to it, so that whoever sent it sees that it did. Never resolves. */
const endBy = (signal: NodeJS.Signals): Promise<never> => {
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
  return new Promise(() => {});
};

/**
 * Opens the screens on a cluster and stays until they are left; then tells in the terminal where a change stands that was
 * under way. Resolves with the exit code. Only a session that may change things has a workshop.
 */
export const openConsole = async (
  { inventory, keep }: Cluster,
  terminal: Terminal,
  { mischief, opening, back }: ConsoleWish,
): Promise<number> => {
  const reach = openFleet(inventory);
  const session = openSession(reach.parts);
  const work = inventory.readOnly ? null : remembered(workshopOf(reach, session, keep));
  const leave = new AbortController();
  let signalled: NodeJS.Signals | null = null;
  const onSignal = (signal: NodeJS.Signals): void => {
    signalled ??= signal;
    leave.abort();
  };
  for (const signal of endings) process.on(signal, onSignal);
  let code = 0;
  try {
    await runConsole({
      session,
      mischief: mischief ?? null,
      workshop: work?.workshop ?? null,
      ...(opening === undefined ? {} : { opening }),
      options: { ascii: terminal.ascii, color: terminal.color, readOnly: inventory.readOnly },
      copy: copyByTerminal(process.stdout),
      leave: leave.signal,
    });
  } finally {
    // Also when a screen failed: the change is where it is all the same.
    const account = work === null ? null : accountOf(work.left(), back);
    for (const line of account?.lines ?? []) process.stdout.write(`${line}\n`);
    code = account?.code ?? 0;
    if (signalled !== null) await endBy(signalled);
    for (const signal of endings) process.removeListener(signal, onSignal);
    await session.stop();
  }
  return code;
};
