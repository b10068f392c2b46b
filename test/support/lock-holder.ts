import { createInterface } from 'node:readline';
import { heldBack } from '../../source/commands/lock/fence.ts';
import { systemClock } from '../../source/disk/clock.ts';
import { LOCK_PACE } from '../../source/lock/state.ts';
import { locksmith } from '../../source/session/lock/locksmith.ts';
import { LocalLink } from './local-shell.ts';
import { names, request } from './lock-request.ts';

/**
 * A console of its own process: takes the lock on the peers in the folders it is given, announces a step, prints `held`.
 * For each line that it reads it sends the fenced command that it made ready then, and prints what came of it.
 */
const [quiet = '', mark = '', ...folders] = process.argv.slice(2);
const links = new Map(folders.map((folder) => [folder, new LocalLink(folder)]));
const ports = new Map([...links].map(([peer, link]) => [peer, link.ports]));
const pace = { ...LOCK_PACE, quiet: Number(quiet), margin: 400, beatEvery: 300, retryEvery: 500 };
const acquired = await locksmith(ports, systemClock, names('first'), pace).acquire(request(folders));
if (!acquired.ok) throw new Error(JSON.stringify(acquired.result));
const { lock } = acquired;
if (!(await lock.announce({ index: 2, of: 5, id: 'launch' }))) throw new Error('the step was not announced');
const [peer = ''] = folders;
const command = {
  name: 'touch',
  script: 'touch "$1"',
  args: [mark],
  effect: 'changes',
  timeout: 5_000,
} as const;
const fence = lock.fenceOf(peer);
if (!fence.ok) throw new Error(fence.why);
const wrapped = fence.wrap({ ...command, privileged: true });
process.stdout.write('held\n');
for await (const _ of createInterface({ input: process.stdin })) {
  const now = lock.fenceOf(peer);
  const outcome = await links.get(peer)?.ports.change.change(wrapped);
  const code = outcome?.kind === 'exited' ? outcome.code : null;
  const why = outcome ? heldBack(outcome) : null;
  process.stdout.write(`${JSON.stringify({ allowed: now.ok, code, why })}\n`);
}
for (const link of links.values()) link.cut();
