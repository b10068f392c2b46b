import { type ChildProcess, fork } from 'node:child_process';
import { existsSync, type FSWatcher, mkdtempSync, readdirSync, readFileSync, rmSync, watch } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DemoCluster, type DemoOptions, startDemo } from '../../source/demo/cluster.ts';
import { LOCK_PACE } from '../../source/lock/state.ts';
import type { ChildNews, ChildTask } from './change-child.ts';

/** A lease that ends soon, so that many consoles can die in a minute. */
export const quickPace = { ...LOCK_PACE, quiet: 2_000, margin: 400, beatEvery: 250, retryEvery: 400 };

/** A demo cluster with what its hosts were told, and a folder for journals. */
export type Site = {
  readonly demo: DemoCluster;
  readonly folder: string;
  /** Command lines that came by SSH. */
  readonly heard: { readonly on: string; readonly line: string }[];
  /** `weave` and `systemctl` commands that change something, as `ADDRESS weave reset`. */
  readonly done: string[];
  readonly onCommand: Set<(on: string, line: string) => void>;
  readonly stop: () => Promise<void>;
};

const changing =
  /^(?:weave (?:launch|reset|prime|connect|forget|rmpeer|stop)|systemctl (?:enable|disable|start|stop|restart))\b/;

export const openSite = async (options: Partial<DemoOptions> = {}): Promise<Site> => {
  const folder = mkdtempSync(join(tmpdir(), 'weave-console-change-'));
  const heard: Site['heard'] = [];
  const done: string[] = [];
  const onCommand: Site['onCommand'] = new Set();
  const demo = await startDemo({
    scenario: 'healthy',
    speed: 20,
    seed: 7,
    interval: 1000,
    ...options,
    onCommand: (on, line) => {
      heard.push({ on, line });
      for (const listener of onCommand) listener(on, line);
    },
    onProgram: (on, name, args) => {
      const words = [name, ...args].join(' ');
      if (changing.test(words)) done.push(`${on} ${words}`);
    },
  });
  return {
    demo,
    folder,
    heard,
    done,
    onCommand,
    stop: async () => {
      await demo.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};

/** How a console in a process of its own ended. */
export type Ended = { readonly kind: 'killed'; readonly at: string } | Extract<ChildNews, { kind: 'ended' }>;

/** Runs one console in its own process until it is killed where it was told to, or its change is over. */
export const runConsole = (
  site: Site,
  task: ChildTask,
  onNews: (news: ChildNews, child: ChildProcess) => void = () => {},
): Promise<Ended> =>
  new Promise((resolve, reject) => {
    const child = fork(join(import.meta.dirname, 'change-child.ts'), {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    let dying = '';
    let sending = '';
    const watchers: FSWatcher[] = [];
    let news: ChildNews | null = null;
    const listener = (on: string, line: string) => {
      if (sending === '' || !line.includes('fenced-')) return;
      const kill = () => {
        dying = `${sending} ${task.die?.when}`;
        child.kill('SIGKILL');
      };
      if (task.die?.when === 'sent') return kill();
      // The fence writes the command's name there when it has let it go.
      const running = join(site.demo.rootOf(on), 'var/lib/weave-console/lock.running');
      watchers.push(
        watch(running, () => {
          if (readFileSync(running, 'utf8') !== '') kill();
        }),
      );
    };
    site.onCommand.add(listener);
    child.on('message', (said: ChildNews) => {
      onNews(said, child);
      if (said.kind === 'sending') sending = said.step;
      else if (said.kind === 'dying') dying = `${said.step} ${said.when}`;
      else if (said.kind !== 'began') news = said;
    });
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      site.onCommand.delete(listener);
      for (const watcher of watchers) watcher.close();
      if (news?.kind === 'ended') resolve(news);
      else if (news?.kind === 'failed') reject(new Error(news.why));
      else if (signal === 'SIGKILL' && task.die !== null) resolve({ kind: 'killed', at: dying });
      else reject(new Error(`the console ended with ${code ?? signal}`));
    });
    child.send(task);
  });

/** Drops the links to a host each time that a command has begun there; the command goes on. Tells which were dropped. */
export const dropWhileRunning = ({ demo, onCommand }: Site): readonly string[] => {
  const dropped: string[] = [];
  onCommand.add((on, line) => {
    const command = /fenced-([a-z-]+)/.exec(line)?.[1];
    if (command === undefined) return;
    const running = join(demo.rootOf(on), 'var/lib/weave-console/lock.running');
    const watcher = watch(running, () => {
      if (readFileSync(running, 'utf8') === '') return;
      watcher.close();
      dropped.push(`${on} ${command}`);
      const host = [...demo.stage.peers, ...demo.stage.spares].find((one) => one.host.address === on)?.host
        .id;
      void demo.mischief.run(`drop ${host}`);
    });
  });
  return dropped;
};

/** A file on a host, by its place below the sandbox; null when it isn't there. */
export const fileOn = (site: Site, address: string, place: string): string | null => {
  const path = join(site.demo.rootOf(address), place);
  return existsSync(path) ? readFileSync(path, 'utf8') : null;
};

/** What lies in a folder of a host. */
export const folderOn = (site: Site, address: string, place: string): readonly string[] => {
  const path = join(site.demo.rootOf(address), place);
  return existsSync(path) ? readdirSync(path).sort() : [];
};
