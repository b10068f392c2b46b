import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { configAdd, configEdit, configShow } from '../../source/program/config.ts';

const folder = mkdtempSync(join(tmpdir(), 'weave-console-config-'));
afterAll(() => rmSync(folder, { recursive: true }));

const said: string[] = [];
const output = {
  print: (line: string) => {
    said.push(line);
  },
};
const lines = (act: () => number): readonly string[] => {
  said.length = 0;
  expect(act()).toBe(0);
  return [...said];
};

let count = 0;
const configFile = (): string => {
  const path = join(folder, `${count++}.json`);
  writeFileSync(path, '{"schema": 1, "clusters": {"prod": {"peers": [{"address": "10.0.0.1"}]}}}\n');
  return path;
};

describe('config edit', () => {
  it('keeps what was written, byte by byte', () => {
    const path = configFile();
    expect(lines(() => configEdit(path, 'sed -i s/prod/mine/', output))).toEqual([`${path} was written.`]);
    expect(readFileSync(path, 'utf8')).toBe(
      '{"schema": 1, "clusters": {"mine": {"peers": [{"address": "10.0.0.1"}]}}}\n',
    );
  });

  it('begins with an example where there is no file', () => {
    const path = join(folder, 'fresh', 'config.json');
    lines(() => configEdit(path, 'sed -i s/prod/mine/', output));
    expect(lines(() => configShow('list', path, output))).toEqual(['mine: 10.0.0.11 10.0.0.12 10.0.0.13']);
  });

  it('writes nothing where nothing was changed', () => {
    const path = configFile();
    expect(lines(() => configEdit(path, 'true', output))).toEqual([`${path} is as it was.`]);
    const none = join(folder, 'none.json');
    expect(() => configEdit(none, 'false', output)).toThrow(/ended with an error. Nothing was changed/);
    expect(existsSync(none)).toBe(false);
  });

  it.each([
    ['sed -i s/schema/shema/', /shema: is not a setting this version knows/],
    ["sed -i 's/{//'", /not valid JSON/],
  ])('leaves the file, and what was typed, where that is wrong: %s', (editor, why) => {
    const path = configFile();
    const before = readFileSync(path, 'utf8');
    let message = '';
    try {
      configEdit(path, editor, output);
    } catch (problem) {
      message = (problem as Error).message;
    }
    expect(message).toMatch(why);
    expect(readFileSync(path, 'utf8')).toBe(before);
    const [, copy = ''] = /what you wrote is in (\S+)\.$/.exec(message) ?? [];
    expect(readFileSync(copy, 'utf8')).not.toBe(before);
    rmSync(join(copy, '..'), { recursive: true });
  });

  it('does not write over what somebody else wrote meanwhile', () => {
    const path = configFile();
    expect(() => configEdit(path, `echo other >${path}; sed -i s/prod/mine/`, output)).toThrow(
      /was changed by somebody else meanwhile/,
    );
    expect(readFileSync(path, 'utf8')).toBe('other\n');
  });
});

describe('config add', () => {
  it('says where it is and how to open it', () => {
    const path = join(folder, 'added.json');
    const asked = {
      command: 'config-add',
      name: 'stage',
      peers: ['a', 'b'],
      settings: { spares: ['c'], port: 2222 },
      config: path,
    } as const;
    expect(lines(() => configAdd(asked, output))).toEqual([
      `stage is in ${path} now, with 2 peers.`,
      `weave-console --cluster stage --config ${path} opens it.`,
    ]);
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({
      schema: 1,
      clusters: {
        stage: { port: 2222, peers: [{ address: 'a' }, { address: 'b' }], spares: [{ address: 'c' }] },
      },
    });
    expect(() => configAdd(asked, output)).toThrow(/there is a cluster "stage" already/);
  });
});
