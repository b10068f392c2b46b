import type { Millis } from '../source/cluster/trouble.ts';
import { loadConfig } from '../source/disk/config.ts';
import { inventoryOf } from '../source/disk/inventory.ts';
import { openFleet } from '../source/program/fleet.ts';
import type { Model } from '../source/session/model.ts';
import { openSession } from '../source/session/session.ts';
import type { SessionAnswer, SessionRequest } from './session-messages.ts';

// A session as the console opens it, without its screens, in a process of its own: its CPU is counted alone, and its code is
// as cold as in a console that was just started.

const [file = ''] = process.argv.slice(2);
const cluster = loadConfig(file)?.config.clusters.bench;
if (cluster === undefined) throw new Error(`${file} has no cluster "bench"`);
const inventory = inventoryOf('bench', cluster);

const tell = (answer: SessionAnswer): void => {
  process.send?.(answer);
};
const pause = (ms: Millis): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const cpu = (since?: NodeJS.CpuUsage): Millis => {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1000;
};

const opened = performance.now();
const cpuAtOpening = process.cpuUsage();
const session = openSession(openFleet(inventory).parts);

/** Resolves once a published model satisfies `holds`, with the time at which it did. */
const until = (holds: (model: Model) => boolean): Promise<Millis> =>
  new Promise((resolve) => {
    const look = (): boolean => {
      if (!holds(session.snapshot())) return false;
      unsubscribe();
      resolve(performance.now());
      return true;
    };
    const unsubscribe = session.subscribe(look);
    look();
  });

const looks = ({ view }: Model) => view.peers.map((peer) => peer.watch.look);
/** When every peer's newest look is a report that came after `since`. */
const allReported = (since: Millis) => (model: Model) =>
  looks(model).every((look) => look?.kind === 'report' && look.at - look.took >= since);

const first = async (): Promise<void> => {
  const shown = await until(allReported(0));
  const answered = Math.max(...looks(session.snapshot()).map((look) => look?.at ?? 0));
  const used = cpu(cpuAtOpening);
  tell({ kind: 'first', shown: shown - opened, answered: answered - opened, sinceStart: shown, cpu: used });
  // The probes of the hosts go on a little; a refresh is measured without them.
  await until(({ view }) => view.peers.every((peer) => peer.watch.facts !== null));
  tell({ kind: 'settled' });
};

const refresh = async (times: number): Promise<void> => {
  const runs = [];
  for (let run = 0; run < times; run += 1) {
    // Long enough apart that what one leaves behind (timers, garbage) is over or counted in its own.
    await pause(60);
    const before = process.cpuUsage();
    const began = performance.now();
    session.lookNow();
    const shown = await until(allReported(began));
    const answered = Math.max(...looks(session.snapshot()).map((look) => look?.at ?? 0));
    runs.push({ shown: shown - began, answered: answered - began, cpu: cpu(before) });
  }
  tell({ kind: 'refreshed', runs });
};

const idle = async (ms: Millis): Promise<void> => {
  const before = process.cpuUsage();
  const began = performance.now();
  await pause(ms);
  tell({ kind: 'idled', cpu: cpu(before), took: performance.now() - began });
};

process.on('message', (request: SessionRequest) => {
  if (request.kind === 'refresh') void refresh(request.times);
  else void idle(request.ms);
});
process.once('disconnect', () => process.exit(0));
process.once('SIGTERM', () => void session.stop().finally(() => process.exit(0)));
await first();
