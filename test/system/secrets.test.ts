import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { documentedUnit } from '../../source/demo/machine/files.ts';
import type { ChangeRequest } from '../../source/session/maintenance/model.ts';
import { openConsole, type TestConsole } from '../support/change-console.ts';
import { drive, type Human } from '../support/change-driver.ts';
import { fileOn, folderOn, openSite, type Site } from '../support/change-site.ts';
import { unitPlace } from '../support/change-state.ts';
import { runCli } from '../support/cli.ts';

/** What may be nowhere but in the files of the hosts: whole words, so that a piece of one is found, too. */
const needles = [
  'horse-battery',
  'staple-one',
  'wrong-zebra',
  'pw-ostrich',
  'continued-lynx',
  'aG9yc2Utc3RhcGxlLTQy',
  'url-walrus',
  'option-badger',
  'remark-gecko',
  'unit-heron',
  'exec-marmot',
] as const;

const password = (word: string): string => `WEAVE_PASSWORD='${word} "at $(x) #1 staple-one'\n`;
/** Secrets under names that do not tell, in all the ways to write one. */
const others = [
  '# remark-gecko',
  'WEAVE_PW="pw-ostrich"',
  'LONG="first \\',
  '  continued-lynx"',
  'BLOB=aG9yc2Utc3RhcGxlLTQy',
  'PROXY=http://ann:url-walrus@10.0.0.9/',
  'OPTS="-p option-badger"',
  'WEAVE_NO_FASTDP=1',
  '',
].join('\n');
const unit = documentedUnit.replace(
  '[Install]',
  'Environment="API=unit-heron" WEAVE_MTU=1350\nExecStartPost=-/bin/true -p exec-marmot\n[Install]',
);

let site: Site | null = null;
let desk: TestConsole | null = null;
afterEach(async () => {
  await desk?.close();
  await site?.stop();
  site = desk = null;
});

const filePlaces = ['etc/sysconfig', 'etc/systemd/system'] as const;

/** One site with a console, and all that could be seen of it. */
const opened = async (scenario: 'fresh-hosts' | 'returned-peer') => {
  const at = await openSite({ scenario, peers: 3 });
  site = at;
  const state = join(at.folder, 'state');
  const journal = join(state, 'weave-console/journal');
  mkdirSync(journal, { recursive: true });
  desk = openConsole({ config: at.demo.configFile, journal, who: 'anna', speed: 4 });
  const { workshop } = desk;
  const hosts = [...at.demo.peers, ...at.demo.spares].map(({ address }) => address);
  const shown: string[] = [];
  /** What people see of a change, without what the program knows. */
  const seen: string[] = [];
  /** A weak password can be guessed from one of these. */
  const digests = new Set<string>();
  const files = () =>
    hosts.flatMap((host) =>
      filePlaces.flatMap((place) =>
        folderOn(at, host, place)
          .filter((name) => name.includes('weave'))
          .map((name) => ({ host, path: join(at.demo.rootOf(host), place, name) })),
      ),
    );
  const sum = () => {
    for (const { path } of files())
      if (statSync(path).isFile()) digests.add(createHash('sha256').update(readFileSync(path)).digest('hex'));
  };
  at.onCommand.add(sum);
  const change = async (request: ChangeRequest, human: Human = {}) => {
    const begun = await workshop.begin(request);
    if (!begun.ok) throw new Error(`${begun.why} ${JSON.stringify(begun.lock)}`);
    const { maintenance } = begun;
    maintenance.subscribe(() => {
      const model = maintenance.snapshot();
      shown.push(
        JSON.stringify(model, (_, one: unknown) =>
          one instanceof Map ? [...one] : typeof one === 'bigint' ? String(one) : one,
        ),
      );
      seen.push(JSON.stringify([model.command, model.preview, model.output, model.steps, model.lock]));
    });
    const driven = await drive(maintenance, { expects: [/./], ...human });
    expect(driven).toMatchObject({ how: 'finished' });
  };
  const cli = async (...args: readonly string[]): Promise<string> => {
    const config = args[0] === 'history' ? [] : ['--config', at.demo.configFile];
    const { stdout, stderr } = await runCli([...args, ...config], { XDG_STATE_HOME: state });
    expect(stdout).not.toBe('');
    return `${stdout}${stderr}`;
  };
  /** Everything that left a file for a screen, a line, a record or a journal. */
  const told = async (plans: readonly (readonly string[])[]) => {
    sum();
    const journals = readdirSync(journal).map((name) => readFileSync(join(journal, name), 'utf8'));
    const records = hosts.flatMap((host) =>
      folderOn(at, host, 'var/lib/weave-console').map((name) =>
        String(fileOn(at, host, `var/lib/weave-console/${name}`)),
      ),
    );
    const ids = readdirSync(journal).map((name) => name.replace(/\.jsonl$/, ''));
    const printed: string[] = [await cli('history')];
    for (const id of ids)
      for (const format of [[], ['--json'], ['--markdown']])
        printed.push(await cli('history', 'show', id, ...format));
    for (const args of [['status', '--once', '--json'], ['status', '--once', '--plain'], ...plans])
      printed.push(await cli(...args));
    return { shown, seen, heard: at.heard.map(({ line }) => line), journals, records, printed };
  };
  return { at, hosts, change, told, files, digests };
};

/** None of it says a secret; none of it but what the program keeps in memory says a digest of a file. */
const expectNothing = (
  { shown, ...rest }: Awaited<ReturnType<Awaited<ReturnType<typeof opened>>['told']>>,
  digests: ReadonlySet<string>,
): void => {
  const found = (texts: readonly string[], words: Iterable<string>) =>
    [...words].flatMap((word) =>
      texts
        .filter((text) => text.includes(word))
        .map((text) => {
          const where = text.indexOf(word);
          return text.slice(Math.max(0, where - 80), where + 80);
        }),
    );
  expect(shown.length).toBeGreaterThan(10);
  expect(digests.size).toBeGreaterThan(1);
  expect(found(shown, needles).slice(0, 3)).toEqual([]);
  for (const [what, texts] of Object.entries(rest)) {
    expect(texts.length, what).toBeGreaterThan(0);
    expect(found(texts, [...needles, ...digests]).slice(0, 3), what).toEqual([]);
  }
};

describe('secrets of every kind', () => {
  it('stay in their files through bootstrap, add, restart, align and remove', {
    timeout: 900_000,
  }, async () => {
    const { at, hosts, change, told, files, digests } = await opened('fresh-hosts');
    const [h1 = '', h2 = '', h3 = '', h4 = ''] = hosts;
    const { peers } = at.demo.stage;
    const text = `${password('horse-battery')}${others}`;
    peers[1]?.files.write('etc/sysconfig/weave', `PEERS="${h1}"\n${text}`, 0o600);
    for (const machine of [...peers, ...at.demo.stage.spares]) machine.files.write(unitPlace, unit);
    await change({ kind: 'bootstrap', target: null, reason: 'T-1' });
    await change({ kind: 'add-peer', target: h4, reason: 'T-2' });
    await change({ kind: 'restart-peer', target: h2, reason: 'T-3' }, { leavesOut: /^work/ });
    // Now they differ in all that may be secret.
    const four = [h1, h2, h3, h4].join(' ');
    const odd = `PEERS="${four}"\n${password('wrong-zebra')}${others.replace('pw-ostrich', 'wrong-zebra')}`;
    peers[2]?.files.write('etc/sysconfig/weave', odd, 0o600);
    peers[0]?.files.write(unitPlace, unit.replace('exec-marmot', 'wrong-zebra'));
    await change({ kind: 'align', target: null, reason: 'T-4' });
    expect(fileOn(at, h3, 'etc/sysconfig/weave')).toBe(`PEERS="${four}"\n${text}`);
    expect(fileOn(at, h1, unitPlace)).toBe(unit);
    await change({ kind: 'remove-peer', target: h4, reason: 'T-5' });
    // What looks for them would find them, in files that are as closed as the first one was.
    const kept = files().filter(({ path }) => path.includes('/sysconfig/'));
    const whole = kept.map(({ path }) => readFileSync(path, 'utf8')).join('');
    for (const word of needles.filter((one) => !/^(?:unit|exec)-/.test(one))) expect(whole).toContain(word);
    expect(kept.length).toBeGreaterThan(6);
    for (const { path } of kept) expect([path, statSync(path).mode & 0o777]).toEqual([path, 0o600]);
    expectNothing(
      await told([
        ['plan', 'align'],
        ['plan', 'add', h4],
      ]),
      digests,
    );
  });

  it('stay in their files through a wipe', { timeout: 400_000 }, async () => {
    const { at, hosts, change, told, digests } = await opened('returned-peer');
    const [h1 = '', h2 = '', h3 = ''] = hosts;
    for (const machine of at.demo.stage.peers) {
      machine.files.write('etc/sysconfig/weave', `PEERS="${h1} ${h2} ${h3}"\n${others}`, 0o600);
      machine.files.write(unitPlace, unit);
    }
    await change({ kind: 'wipe-peer', target: h3, reason: 'T-6' });
    expect(fileOn(at, h3, 'etc/sysconfig/weave')).toContain('pw-ostrich');
    expectNothing(await told([['plan', 'restart', h2]]), digests);
  });
});
