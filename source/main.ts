import packageJson from '../package.json' with { type: 'json' };
import { UsageProblem } from './disk/problem.ts';
import type { CommonOptions, Request } from './options/request.ts';
import { parseArgv } from './options.ts';
import { chooseCluster, theCluster, withSpare } from './program/cluster-choice.ts';
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

const needTerminal = (terminal: Terminal): void => {
  if (!terminal.interactive)
    throw new UsageProblem(
      'The console needs a terminal (standard input and output, TERM not dumb); without one: weave-console status',
    );
};

const console_ = async (common: CommonOptions, terminal: Terminal): Promise<number> => {
  needTerminal(terminal);
  const choice = chooseCluster(common);
  const { openConsole } = await import('./program/console.tsx');
  if (choice.kind === 'one') {
    await openConsole(choice.cluster, terminal, null);
    return exitCode.done;
  }
  const { chooseName } = await import('./ui/choose.tsx');
  const name = await chooseName('Which cluster?', choice.names, terminal);
  if (name === null) return exitCode.stoppedByHuman;
  await openConsole(choice.choose(name), terminal, null);
  return exitCode.done;
};

const demo = async ({ demo: options }: Extract<Request, { command: 'demo' }>): Promise<number> => {
  const { demoHeadless, startDemoChild } = await import('./program/demo.ts');
  if (options.headless === true) return demoHeadless(options, output, untilStopped());
  const terminal = terminalOf(process, options);
  needTerminal(terminal);
  const [{ openConsole }, child] = await Promise.all([
    import('./program/console.tsx'),
    startDemoChild(options),
  ]);
  try {
    await openConsole(theCluster({ config: child.config, color: options.color }), terminal, child.mischief);
  } finally {
    await child.stop();
  }
  return exitCode.done;
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

const change = async (request: Extract<Request, { command: 'change' }>): Promise<number> => {
  const { common, kind, peer, reason } = request;
  const terminal = terminalOf(process, common);
  if (kind === 'prime' && !terminal.interactive) return primeUnattended(request);
  needTerminal(terminal);
  const cluster =
    kind === 'add-peer' && peer !== null ? withSpare(theCluster(common), peer) : theCluster(common);
  const looksOnly = kind === 'prime' && (peer === null || cluster.inventory.readOnly);
  if (cluster.inventory.readOnly && !looksOnly)
    throw new UsageProblem(`${cluster.inventory.cluster} is read-only here: nothing can be changed.`);
  const { findHost } = await import('./program/host-named.ts');
  const target = peer === null ? null : (await findHost(peer, cluster.inventory)).address;
  const { openConsole } = await import('./program/console.tsx');
  if (looksOnly) await openConsole(cluster, terminal, null, null, { id: target });
  else await openConsole(cluster, terminal, null, { kind, target, reason });
  return exitCode.done;
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
