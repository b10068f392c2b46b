import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, it } from 'vitest';
import { choose, home, keys, row } from '../support/journey.ts';
import { temporaryFolder } from '../support/keys.ts';
import { openScreen, type Screen } from '../support/pty.ts';
import { hasSsh, type Login, type Observer, observe, type Report } from '../support/ssh-client.ts';

const interval = 500;
/** Intervals after weave's own report that the grid may take: one, and what a busy machine makes of it. */
const patience = 4;

type ConfigFile = {
  readonly clusters: Readonly<
    Record<
      string,
      {
        readonly user: string;
        readonly identity: readonly string[];
        readonly peers: readonly { readonly host: string; readonly port: number }[];
      }
    >
  >;
};

/** How to log in to the peers of the demo whose folder is in here. */
const loginsIn = (folder: string): Login[] => {
  const name = readdirSync(folder).find((one) => one.startsWith('weave-demo-')) ?? '';
  const file = JSON.parse(readFileSync(join(folder, name, 'config.json'), 'utf8')) as ConfigFile;
  const cluster = file.clusters['demo-healthy'];
  return (cluster?.peers ?? []).map(({ host, port }) => ({
    address: host,
    port,
    user: cluster?.user ?? '',
    identity: cluster?.identity[0] ?? '',
  }));
};

const established = (report: Report | null): number =>
  (report?.Router.Connections ?? []).filter(({ State }) => State === 'established').length;
const sees = (report: Report | null): string =>
  (report?.Router.Peers ?? [])
    .map(({ NickName }) => NickName)
    .sort()
    .join(' ');

describe.skipIf(!hasSsh)('what is done to the demo by its menu', () => {
  const folder = temporaryFolder();
  let screen: Screen;
  let observers: Observer[];
  beforeAll(async () => {
    screen = openScreen(
      ['demo', '--speed', '20', '--interval', String(interval / 1000)],
      { columns: 140, rows: 50 },
      { TMPDIR: folder.path },
    );
    await screen.until(/mesh 5\/5 connected/);
    observers = await Promise.all(
      loginsIn(folder.path).map((login, index) => observe(login, join(folder.path, `${index}.sock`))),
    );
  });
  afterAll(async () => {
    for (const observer of observers ?? []) await observer.close();
    // Not by a signal: the console then waits until its demo has put everything away.
    screen.type(keys.ctrlC);
    await screen.ended;
    folder.remove();
  });
  beforeEach(() => home(screen));

  /** Chooses from the menu; resolves when it says that it is done. */
  const wreak = async (item: string, done: RegExp): Promise<void> => {
    screen.type('!');
    await screen.until(/break or mend the demo: Enter chooses/);
    await choose(screen, item);
    await screen.until(done);
  };

  /** Waits until weave's reports say it and then until the grid does; fails when the grid takes more than a few looks. */
  const follows = async (
    said: (reports: readonly (Report | null)[]) => boolean,
    shown: (text: string) => boolean,
  ): Promise<void> => {
    let there = false;
    const seen = screen.until(shown, 55_000).then(() => {
      there = true;
    });
    const both = { said: 0, shown: 0 };
    while (both.said === 0 || both.shown === 0) {
      const reports = await Promise.all(observers.map((observer) => observer.report()));
      if (both.said > 0 || said(reports)) both.said++;
      if (there) both.shown++;
      if (both.said > patience)
        throw new Error(`weave said it ${patience} looks ago, and not:\n${screen.text()}`);
      // What the grid shows, all reports say at once or soon: it has invented nothing.
      if (both.shown > patience) throw new Error(`no report says so: ${JSON.stringify(reports.map(sees))}`);
      const next = new Promise((resolve) => setTimeout(resolve, interval));
      await (there ? next : Promise.race([seen, next]));
    }
  };

  const healthy = () =>
    follows(
      (reports) => reports.every((report) => sees(report) === 'h1 h2 h3 h4 h5' && established(report) === 4),
      (text) =>
        /mesh 5\/5 connected, majority 3/.test(text) &&
        [1, 2, 3, 4, 5].every((number) => / ● ready .* 4\/4 +ready /.test(row(text, `127.77.0.1${number}`))),
    );

  it('a peer is killed, and started', async () => {
    await wreak('Kill weave on h5', /h5 was killed with SIGKILL/);
    await follows(
      (reports) => reports[4] === null && established(reports[0] ?? null) === 3,
      (text) =>
        /mesh 4\/5 connected/.test(text) &&
        /■ stopped +127\.77\.0\.15 .* exited 137/.test(row(text, '127.77.0.15')) &&
        / 3\/4 /.test(row(text, '127.77.0.11')),
    );
    await screen.until(/The weave unit has failed on h5/);
    await wreak('Start weave on h5', /weave\.service on h5 runs/);
    await healthy();
  });

  it('weave is stopped, and started', async () => {
    await wreak('Stop weave on h4', /weave\.service on h4 was stopped/);
    await follows(
      (reports) => reports[3] === null && established(reports[0] ?? null) === 3,
      (text) =>
        /mesh 4\/5 connected/.test(text) &&
        /■ stopped +127\.77\.0\.14 .* inactive +/.test(row(text, '127.77.0.14')) &&
        / 3\/4 /.test(row(text, '127.77.0.11')),
    );
    await screen.until(/Weave is stopped on h4/);
    await wreak('Start weave on h4', /weave\.service on h4 runs/);
    await healthy();
  });

  it('the network is cut, and heals', async () => {
    await wreak('Cut the network: h1-h3 | h4-h5', /The network is cut in two/);
    await follows(
      (reports) =>
        reports.slice(0, 3).every((report) => sees(report) === 'h1 h2 h3') &&
        sees(reports[4] ?? null) === 'h4 h5',
      (text) => /mesh 3\/5 connected, 2 groups, majority 3/.test(text),
    );
    await screen.until(/The mesh is cut into 2 parts that don.t see each other: h1, h2, h3 \| h4, h5/);
    await wreak('Heal the network', /The network is whole again/);
    await healthy();
  });
});
