import { fork } from 'node:child_process';
import { createInterface } from 'node:readline';
import { type DemoCluster, remoteMischief, serveMischief, startDemo } from '../demo/cluster.ts';
import type { DemoOptions } from '../options/request.ts';
import type { Mischief } from '../ports.ts';
import { exitCode } from './exit-code.ts';
import type { Output, Stop } from './watching.ts';

const start = (options: DemoOptions): Promise<DemoCluster> =>
  startDemo({
    scenario: options.scenario as Parameters<typeof startDemo>[0]['scenario'],
    speed: options.speed,
    ...(options.peers === undefined ? {} : { peers: options.peers }),
    ...(options.seed === undefined ? {} : { seed: options.seed }),
    ...(options.interval === undefined ? {} : { interval: options.interval }),
  });

/** `demo --headless`: the cluster alone. Prints one JSON line when it is up; runs until stopped, then removes its folder. */
export const demoHeadless = async (options: DemoOptions, output: Output, stop: Stop): Promise<number> => {
  const demo = await start(options);
  const { configFile: config, cluster, peers, spares } = demo;
  serveMischief(process, demo.mischief);
  output.print(JSON.stringify({ config, cluster, peers, spares, pid: process.pid }));
  // A console that dies takes its demo with it.
  const orphaned = new Promise<void>((resolve) => process.once('disconnect', resolve));
  await Promise.race([stop.stopped, orphaned]);
  await demo.stop();
  // The channel to the console would keep this process alive, and the console waiting for its end.
  if (process.connected) process.disconnect?.();
  return exitCode.done;
};

/** A demo cluster in a process of its own, so that what it costs isn't the console's cost. */
export type DemoChild = {
  readonly config: string;
  readonly mischief: Mischief;
  readonly stop: () => Promise<void>;
};

/** Starts this same program as `demo --headless`. Rejects with its words when it does not come up. */
export const startDemoChild = (options: DemoOptions): Promise<DemoChild> =>
  new Promise((resolve, reject) => {
    const args = ['demo', '--headless', '--scenario', options.scenario, '--speed', String(options.speed)];
    if (options.peers !== undefined) args.push('--peers', String(options.peers));
    if (options.seed !== undefined) args.push('--seed', String(options.seed));
    if (options.interval !== undefined) args.push('--interval', String(options.interval / 1000));
    const child = fork(process.argv[1] as string, args, {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      // Its own process group: Ctrl-C in the terminal reaches the console, which ends the demo when it is done.
      detached: true,
    });
    let complaint = '';
    child.stderr?.on('data', (data: Buffer) => {
      complaint = (complaint + data.toString()).slice(-2000);
    });
    const gone = new Promise<void>((done) => child.once('exit', () => done()));
    void gone.then(() => reject(new Error(`The demo cluster did not start. ${complaint.trim()}`)));
    if (child.stdout === null) throw new Error('no pipe from the demo');
    createInterface({ input: child.stdout }).once('line', (line) => {
      const { config } = JSON.parse(line) as { config: string };
      resolve({
        config,
        mischief: remoteMischief(child),
        stop: async () => {
          child.kill('SIGTERM');
          await gone;
        },
      });
    });
  });
