import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { documentedUnit } from '../../source/demo/machine/files.ts';
import { type ConsoleParts, openConsole, type TestConsole } from '../support/change-console.ts';
import { type Driven, drive, type Human } from '../support/change-driver.ts';
import {
  dropWhileRunning,
  fileOn,
  folderOn,
  openSite,
  quickPace,
  type Site,
} from '../support/change-site.ts';
import { environmentOf, expectAligned, unitPlace } from '../support/change-state.ts';
import { runCli } from '../support/cli.ts';

const five = [11, 12, 13, 14, 15].map((last) => `127.77.0.${last}`);
const [h1 = '', h2 = '', h3 = '', h4 = ''] = five;
const three = five.slice(0, 3);

let site: Site | null = null;
const consoles: TestConsole[] = [];
afterEach(async () => {
  for (const one of consoles.splice(0)) await one.close();
  await site?.stop();
});

const consoleOf = (at: Site, quick: Partial<ConsoleParts> = {}): TestConsole => {
  const journal = join(at.folder, 'anna');
  mkdirSync(journal, { recursive: true });
  const one = openConsole({ config: at.demo.configFile, journal, who: 'anna', speed: 4, ...quick });
  consoles.push(one);
  return one;
};

const align = async (
  { workshop }: TestConsole,
  human: Human = {},
  onModel: (text: string) => void = () => {},
): Promise<Driven> => {
  const begun = await workshop.begin({ kind: 'align', target: null, reason: 'T-1' });
  if (!begun.ok) throw new Error(begun.why);
  const { maintenance } = begun;
  maintenance.subscribe(() => onModel(textOf(maintenance.snapshot())));
  return drive(maintenance, human);
};

/** Everything in a value as text, Maps too. */
const textOf = (value: unknown): string =>
  JSON.stringify(value, (_key, one: unknown) =>
    one instanceof Map ? [...one] : typeof one === 'bigint' ? String(one) : one,
  );

/** Makes three healthy hosts differ, each in one thing. */
const disarray = (at: Site): void => {
  const [first, second, third] = at.demo.stage.peers;
  first?.files.remove('etc/systemd/system/multi-user.target.wants/weave.service');
  second?.files.write('etc/sysconfig/weave', environmentOf([h1, h2]));
  third?.files.write(unitPlace, documentedUnit.replace('[Install]', 'Restart=always\n[Install]'));
};

describe('aligning', () => {
  it('mends what differs, finds the rest done, and restarts nothing', { timeout: 200_000 }, async () => {
    site = await openSite({ scenario: 'drift' });
    const weavers = () => site?.demo.stage.world.weavers().map(({ pid }) => pid);
    const before = weavers();
    const driven = await align(consoleOf(site));
    expect(driven).toMatchObject({ how: 'finished', uncertain: [], retried: [] });
    const ran = ['preflight', `file:${h3}`, `unit:${h4}`, `enable:${h2}`, 'summary'];
    expect(driven.already).toEqual(
      ['file', 'unit', 'enable']
        .flatMap((what) => five.map((address) => `${what}:${address}`))
        .filter((step) => !ran.includes(step)),
    );
    expect(site.done).toEqual([`${h2} systemctl enable -- weave.service`]);
    expect(weavers()).toEqual(before);
    await expectAligned(site, five, { files: [h3], units: [h4] });
  });

  it('leaves what is uncertain to be looked at when links break, and does nothing twice', {
    timeout: 200_000,
  }, async () => {
    site = await openSite({ peers: 3 });
    disarray(site);
    const dropped = dropWhileRunning(site);
    const driven = await align(consoleOf(site, { pace: quickPace }), { lookFor: 60_000 });
    expect(driven).toMatchObject({ how: 'finished' });
    expect([...new Set(dropped)]).toEqual([
      `${h2} write-environment`,
      `${h3} replace-unit`,
      `${h1} unit-enable`,
    ]);
    expect(site.done).toEqual([`${h1} systemctl enable -- weave.service`]);
    await expectAligned(site, three, { files: [h2], units: [h3] });
  });

  it('leaves a host that is away as it is, by name, and says so in the end', {
    timeout: 200_000,
  }, async () => {
    site = await openSite({ scenario: 'dead-peer' });
    const [h5 = ''] = five.slice(-1);
    site.demo.stage.peers[2]?.files.write('etc/sysconfig/weave', environmentOf([h1, h2]));
    const before = fileOn(site, h5, 'etc/sysconfig/weave');
    const driven = await align(consoleOf(site), {
      leavesOut: new RegExp(`:${h5}$`),
      expects: [
        /^h5 \(127\.77\.0\.15\) can't be reached \(.*\)\. Going on leaves its files as they are/,
        /^127\.77\.0\.15 can't be reached \(.*\)\. Going on leaves its files as they are/,
        /^Left to do before weave starts there again: the environment file of .*127\.77\.0\.15\)?\. Align again/,
        /^Left to do: the unit of .*127\.77\.0\.15\)? is not that of the others/,
      ],
    });
    expect(driven).toMatchObject({ how: 'finished' });
    const phaseOf = (id: string) =>
      driven.last.run.phases[driven.last.steps.findIndex((one) => one.id === id)];
    for (const what of ['file', 'unit', 'enable'])
      expect(phaseOf(`${what}:${h5}`)).toMatchObject({ phase: 'skipped' });
    expect(fileOn(site, h3, 'etc/sysconfig/weave')).toBe(environmentOf(five));
    expect(fileOn(site, h5, 'etc/sysconfig/weave')).toBe(before);
    expect(site.done).toEqual([]);
  });

  it('brings passwords from host to host, and nowhere else', { timeout: 200_000 }, async () => {
    site = await openSite({ peers: 3 });
    const [right, wrong] = ['correct-horse-battery', 'wrong-horse-staple'];
    const line = (password: string) => `WEAVE_PASSWORD="${password}"\n`;
    const unit = documentedUnit.replace('[Install]', `Environment=API_TOKEN=${right}\n[Install]`);
    for (const [at, machine] of site.demo.stage.peers.entries()) {
      const text = environmentOf(three, at === 1 ? `# h2\n${line(wrong)}` : line(right));
      machine.files.write('etc/sysconfig/weave', text, 0o600);
      machine.files.write(unitPlace, at === 2 ? unit.replace(right, wrong) : unit);
    }
    const shown: string[] = [];
    const driven = await align(
      consoleOf(site),
      // They were started without one: that is said before anything is written, and in the end.
      {
        expects: [
          /^The running peers do not encrypt, and WEAVE_PASSWORD will be in all files as on h1 /,
          /the file and the running weave do not agree on encryption/,
        ],
      },
      (text) => shown.push(text),
    );
    expect(driven).toMatchObject({ how: 'finished' });
    expect(fileOn(site, h2, 'etc/sysconfig/weave')).toBe(environmentOf(three, `# h2\n${line(right)}`));
    for (const host of three) expect(fileOn(site, host, unitPlace)).toBe(unit);
    expect(site.done).toEqual([]);
    const { stdout } = await runCli(['status', '--once', '--json', '--config', site.demo.configFile]);
    const plan = await runCli(['plan', 'align', '--config', site.demo.configFile]);
    expect(plan.stdout).toContain('11/11 ');
    const journals = readdirSync(join(site.folder, 'anna')).map((name) =>
      readFileSync(join(site?.folder ?? '', 'anna', name), 'utf8'),
    );
    const records = three.flatMap((host) =>
      folderOn(site as Site, host, 'var/lib/weave-console').map(
        (name) => fileOn(site as Site, host, `var/lib/weave-console/${name}`) ?? '',
      ),
    );
    expect(shown.length).toBeGreaterThan(10);
    expect(journals.join('')).toContain('replace-unit');
    const all = [
      ...shown,
      ...site.heard.map((one) => one.line),
      ...journals,
      ...records,
      stdout,
      plan.stdout,
    ];
    for (const text of all)
      for (const password of [right, wrong]) expect(text.includes(password)).toBe(false);
  });
});
