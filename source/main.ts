import packageJson from '../package.json' with { type: 'json' };
import { verbs } from './cluster/change-kinds.ts';
import { UsageProblem } from './disk/problem.ts';
import type { CommonOptions, Request } from './options/request.ts';
import { parseArgv } from './options.ts';
import { planLine, resumeLine } from './program/again.ts';
import { type Cluster, chooseCluster, theCluster, withSpare } from './program/cluster-choice.ts';
import { completion } from './program/completion.ts';
import { exitCode } from './program/exit-code.ts';
import { type Terminal, terminalOf } from './program/terminal.ts';
import type { Output, Stop } from './program/watching.ts';
import { clean } from './text/clean.ts';

// Each command loads only what it needs: a `status` in a pipe should not wait for Ink, nor a console for the demo.

const output: Output = { print: (line) => process.stdout.write(`${line}\n`) };

/** What went wrong with standard output. EPIPE is no fault: whoever read it has seen enough, as `| head -1`. */
let unwritable: NodeJS.ErrnoException | null = null;

/** Goes on listening: Ctrl-C often comes twice (from the terminal, and passed on by npm), which must not cut cleaning up short. */
const untilStopped = (): Stop => ({
  stopped: new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => resolve());
    process.stdout.on('error', () => resolve());
  }),
});

/** Refuses where nobody sits at a screen. `why` and what to do instead, as a whole message. */
const needTerminal = (terminal: Terminal, why: (terminal: string) => string): void => {
  if (!terminal.interactive)
    throw new UsageProblem(why('terminal (standard input and output, TERM not dumb)'));
};

/** For what only shows: one line, for a log. */
const needScreen = (terminal: Terminal, instead: string): void =>
  needTerminal(terminal, (one) => `The console needs a ${one}; without one: ${instead}`);

/** For what a person confirms. `instead`: the command for where there is nobody, and what it does. */
const needPerson = (
  terminal: Terminal,
  what: string,
  [command, does]: readonly [command: string, does: string],
): void =>
  needTerminal(
    terminal,
    (one) =>
      `A person confirms each step${what}: run it in a ${one}. Nothing was begun.\n  ${command}   ${does}`,
  );

const console_ = async (common: CommonOptions, terminal: Terminal): Promise<number> => {
  needScreen(terminal, 'weave-console status');
  const choice = chooseCluster(common);
  const { openConsole } = await import('./program/console.tsx');
  if (choice.kind === 'one')
    return openConsole(choice.cluster, terminal, { back: { command: resumeLine(common, null, null) } });
  const { chooseName } = await import('./ui/choose.tsx');
  const name = await chooseName('Which cluster?', choice.names, terminal);
  if (name === null) return exitCode.stoppedByHuman;
  return openConsole(choice.choose(name), terminal, { back: { command: resumeLine(common, name, null) } });
};

const demo = async ({ demo: options }: Extract<Request, { command: 'demo' }>): Promise<number> => {
  const { demoHeadless, startDemoChild } = await import('./program/demo.ts');
  if (options.headless === true) return demoHeadless(options, output, untilStopped());
  const terminal = terminalOf(process, options);
  needScreen(terminal, 'weave-console demo --headless, then weave-console status');
  const [{ openConsole }, child] = await Promise.all([
    import('./program/console.tsx'),
    startDemoChild(options),
  ]);
  try {
    return await openConsole(theCluster({ config: child.config, color: options.color }), terminal, {
      mischief: child.mischief,
      back: { whyNone: 'The demo ends with its console, so there is nothing to resume.' },
    });
  } finally {
    await child.stop();
  }
};

const status = async (request: Extract<Request, { command: 'status' }>): Promise<number> => {
  const inventory = theCluster(request.common).inventory;
  const { statusOnce, statusWatch } = await import('./program/status.ts');
  const watching =
    request.watch ?? (request.once !== true && request.json !== true && process.stdout.isTTY === true);
  return watching
    ? statusWatch(inventory, request.json === true, output, untilStopped())
    : statusOnce(inventory, request.json === true, output);
};

/** `prime` where nobody sits at a screen: only looks where no peer is named, or nothing may be changed. */
const primeUnattended = async (request: Extract<Request, { command: 'change' }>): Promise<number> => {
  const { common, peer, reason, absent = [] } = request;
  const cluster = theCluster(common);
  const { inventory } = cluster;
  const { findHost } = await import('./program/host-named.ts');
  const target = peer === null ? null : (await findHost(peer, inventory)).address;
  if (target === null || inventory.readOnly) {
    const { monitorPrime } = await import('./program/prime.ts');
    return monitorPrime(inventory, target, output, untilStopped());
  }
  const away: string[] = [];
  for (const word of absent) away.push((await findHost(word, inventory)).address);
  const [{ again }, { runPrime }] = await Promise.all([
    import('./program/again.ts'),
    import('./program/prime-unattended.ts'),
  ]);
  return runPrime(
    cluster,
    { target, reason, absent: away, again: (ids) => again(process.argv.slice(2), ids) },
    output,
    untilStopped(),
  );
};

const refuseReadOnly = ({ inventory }: Cluster): void => {
  if (inventory.readOnly)
    throw new UsageProblem(`${inventory.cluster} is read-only here: nothing can be changed.`);
};

const change = async (request: Extract<Request, { command: 'change' }>): Promise<number> => {
  const { common, kind, peer, reason } = request;
  const terminal = terminalOf(process, common);
  if (kind === 'prime' && !terminal.interactive) return primeUnattended(request);
  needPerson(terminal, ` of ${verbs[kind]}`, [
    planLine(common, kind, peer),
    'prints the checklist as it stands now, and runs nothing',
  ]);
  const known = theCluster(common);
  const cluster = kind === 'add-peer' && peer !== null ? withSpare(known, peer) : known;
  const looksOnly = kind === 'prime' && (peer === null || cluster.inventory.readOnly);
  if (!looksOnly) refuseReadOnly(cluster);
  const { findHost } = await import('./program/host-named.ts');
  const target = peer === null ? null : (await findHost(peer, cluster.inventory)).address;
  const { openConsole } = await import('./program/console.tsx');
  return openConsole(cluster, terminal, {
    opening: looksOnly ? { on: 'prime', id: target } : { on: 'begin', request: { kind, target, reason } },
    back: { command: resumeLine(common, null, cluster === known ? null : peer) },
  });
};

const resume = async ({ common, guest }: Extract<Request, { command: 'resume' }>): Promise<number> => {
  const terminal = terminalOf(process, common);
  needPerson(terminal, '', ['weave-console lock show', 'tells what was left behind']);
  const cluster = guest === null ? theCluster(common) : withSpare(theCluster(common), guest);
  refuseReadOnly(cluster);
  const { openConsole } = await import('./program/console.tsx');
  return openConsole(cluster, terminal, {
    opening: { on: 'lock' },
    back: { command: resumeLine(common, null, guest) },
  });
};

const plan = async ({ common, kind, peer }: Extract<Request, { command: 'plan' }>): Promise<number> => {
  const cluster = theCluster(common);
  const { inventory } = kind === 'add-peer' && peer !== null ? withSpare(cluster, peer) : cluster;
  const { printPlan } = await import('./program/plan.ts');
  return printPlan(inventory, kind, peer, output);
};

const lock = async (request: Extract<Request, { command: 'lock-show' | 'lock-break' }>): Promise<number> => {
  const { inventory } = theCluster(request.common);
  const { lockShow, lockBreak } = await import('./program/lock.ts');
  return request.command === 'lock-show'
    ? lockShow(inventory, output)
    : lockBreak(inventory, request.id, request.reason, output);
};

const history = async (
  request: Extract<Request, { command: 'history' | 'history-show' }>,
): Promise<number> => {
  const { historyList, historyShow } = await import('./program/history.ts');
  return request.command === 'history'
    ? historyList(output)
    : historyShow(request.run, request.format, output);
};

const config = async (request: Extract<Request, { command: 'config' | 'config-add' }>): Promise<number> => {
  const { configAdd, configEdit, configShow } = await import('./program/config.ts');
  if (request.command === 'config-add') return configAdd(request, output);
  if (request.action !== 'edit') return configShow(request.action, request.config, output);
  if (!process.stdin.isTTY || !process.stdout.isTTY)
    throw new UsageProblem('config edit needs a terminal; without one: config path, config add.');
  return configEdit(request.config, process.env.VISUAL || process.env.EDITOR || 'vi', output);
};

const run = (request: Request): Promise<number> | number => {
  switch (request.command) {
    case 'console':
      return console_(request.common, terminalOf(process, request.common));
    case 'demo':
      return demo(request);
    case 'status':
      return status(request);
    case 'config':
    case 'config-add':
      return config(request);
    case 'completion':
      process.stdout.write(completion(request.shell, request.program));
      return exitCode.done;
    case 'change':
      return change(request);
    case 'resume':
      return resume(request);
    case 'plan':
      return plan(request);
    case 'lock-show':
    case 'lock-break':
      return lock(request);
    case 'history':
    case 'history-show':
      return history(request);
    case 'text':
      (request.code === 0 ? process.stdout : process.stderr).write(request.text);
      return request.code;
  }
};

/** The program: argv (without node and script) in, exit code out. The only place where adapters are chosen. */
export const main = async (argv: readonly string[]): Promise<number> => {
  process.stdout.on('error', (error) => {
    unwritable ??= error;
  });
  process.stderr.on('error', () => {});
  try {
    const code = await run(parseArgv(argv, packageJson.version));
    await new Promise<void>((flushed) => process.stdout.write('', () => flushed()));
    if (unwritable === null || unwritable.code === 'EPIPE') return code;
    process.stderr.write(`weave-console: The output could not be written: ${unwritable.message}.\n`);
    return exitCode.failed;
  } catch (error) {
    if (error instanceof UsageProblem) {
      process.stderr.write(`weave-console: ${error.message}\n`);
      return exitCode.usage;
    }
    process.stderr.write(
      `weave-console: something went wrong in the program itself. Nothing more is sent to any peer; what a change under way had done is on record: weave-console history, lock show.\n`,
    );
    process.stderr.write(
      `${clean(error instanceof Error ? (error.stack ?? error.message) : String(error), 4000)}\n`,
    );
    return exitCode.failed;
  }
};
