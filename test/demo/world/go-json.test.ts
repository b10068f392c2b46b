import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type GoValue, goJson } from '../../../source/demo/world/go-json.ts';
import { goTime } from '../../../source/demo/world/go-time.ts';
import { Bench, ids } from './build.ts';

const root = 'test/fixtures/traces';
const reports = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((path) =>
  path.endsWith('.report.json'),
);

/** JSON.parse, but numbers that a double can't hold stay whole. */
const parseExactly = (text: string): GoValue =>
  JSON.parse(text.replace(/("UID": )(\d+)/g, '$1"@$2"'), (_key, value: unknown) =>
    typeof value === 'string' && value.startsWith('@') ? BigInt(value.slice(1)) : value,
  ) as GoValue;

describe('JSON as Go writes it', () => {
  it.each(reports)('gives the bytes of %s', (path) => {
    const bytes = readFileSync(`${root}/${path}`, 'utf8');
    expect(goJson(parseExactly(bytes), '    ')).toBe(bytes.trimEnd());
  });

  it('escapes what HTML could read', () => {
    expect(goJson({ a: '<->&\u2028' })).toBe('{"a":"\\u003c-\\u003e\\u0026\\u2028"}');
  });
});

describe('our report', () => {
  const shape = (value: unknown): unknown =>
    Array.isArray(value)
      ? value.slice(0, 1).map(shape)
      : typeof value === 'object' && value !== null
        ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, shape(inner)]))
        : typeof value === 'bigint'
          ? 'number'
          : typeof value;

  it('has the fields of a real one, in the same order and of the same types', () => {
    const bench = new Bench(5);
    bench.up(ids(5));
    bench.prime('h1');
    bench.pass(5);
    const real = JSON.parse(readFileSync(`${root}/03-primed-5of5/a-primed/h1.report.json`, 'utf8')) as {
      Router: { MACs: unknown; Connections: { Attrs: unknown }[] };
    };
    const ours = bench.report('h1');
    // A row of ourselves has no Attrs: compare rows of the same kind.
    const rows = (report: { Router: { Connections: readonly { Attrs: unknown }[] | null } }) =>
      (report.Router.Connections ?? []).filter(({ Attrs }) => Attrs !== null);
    expect(
      JSON.stringify(
        shape({
          ...ours,
          Router: { ...ours.Router, MACs: null, Connections: rows(ours), BroadcastRoutes: [] },
        }),
      ),
    ).toBe(
      JSON.stringify(
        shape({
          ...real,
          Router: { ...real.Router, MACs: null, Connections: rows(real), BroadcastRoutes: [] },
        }),
      ),
    );
  });
});

describe('a time of Go', () => {
  it.each([
    [
      Date.UTC(2026, 10, 22, 11, 41, 55, 572),
      419_770.369709,
      '2026-11-22 11:41:55.572 +0000 UTC m=+419.770369709',
    ],
    [Date.UTC(2026, 10, 22, 11, 41, 55), 0.5, '2026-11-22 11:41:55 +0000 UTC m=+0.000500000'],
  ])('%#', (wall, since, text) => expect(goTime(wall, since)).toBe(text));
});
