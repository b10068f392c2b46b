import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseTemplate, TemplateProblem } from '../../source/demo/template.ts';
import { Bench, ids } from './world/build.ts';

const data = {
  A: { B: 'x<y', N: 5, Big: 18446744073709551615n, None: null, No: false },
  L: ['a', 'b'],
  E: [] as string[],
};

describe('a Go template', () => {
  it.each([
    ['plain', 'plain'],
    ['{{.A.B}}', 'x<y'],
    ['{{json .A.B}}', '"x\\u003cy"'],
    ['{{json .A}}', '{"B":"x\\u003cy","N":5,"Big":18446744073709551615,"None":null,"No":false}'],
    ['{{.A.None}} {{.A.No}} {{.L}}', '<nil> false [a b]'],
    ['{{range $i, $p := .L}}{{if $i}},{{end}}{{json $p}}{{end}}', '"a","b"'],
    ['{{range .L}}<{{.}}>{{end}}', '<a><b>'],
    ['{{range .E}}x{{else}}none{{end}}', 'none'],
    ['{{if .A.No}}yes{{else if .A.N}}five{{else}}no{{end}}', 'five'],
    ['{{with .A}}{{.N}}{{$.A.B}}{{end}}', '5x<y'],
    ['{{range $i, $p := .L}}{{$.A.N}}{{end}}', '55'],
    ['{{$n := .A.N}}{{$n}}', '5'],
    ['{{len .L}} {{eq .A.N 5}} {{not .A.No}} {{index .L 1}}', '2 true true b'],
    ['{{printf "%-4s|%d" .A.B .A.N}}', 'x<y |5'],
    ['{{.A.N | json}} {{(len .L) | printf "%d!"}}', '5 2!'],
    ['a {{- .A.N -}} b', 'a5b'],
    ['{{/* nothing */}}{{"}"}}', '}'],
  ])('%s', (template, text) => expect(parseTemplate(template)(data)).toBe(text));

  it.each([
    '{{',
    '{{end}}',
    '{{if .A}}',
    '{{nosuch .A}}',
    '{{.Nope}}',
    '{{.A.None.X}}',
    '{{$x}}',
    '{{range .A.N}}{{end}}',
    '{{.A | .B}}',
    '{{}}',
  ])('refuses %s', (template) => expect(() => parseTemplate(template)(data)).toThrow(TemplateProblem));

  it('projects a report as a real peer does', () => {
    const bench = new Bench(5);
    bench.up(ids(5));
    bench.prime('h1');
    bench.pass(3);
    const file = 'test/fixtures/traces/16-http/report-projection';
    const template = readFileSync(`${file}.template.txt`, 'utf8').trimEnd();
    type Projection = { Router: { Peers: object[] }; IPAM: object };
    const ours = JSON.parse(parseTemplate(template)(bench.report('h1'))) as Projection;
    const real = JSON.parse(readFileSync(`${file}.out`, 'utf8')) as Projection;
    expect(Object.keys(ours)).toEqual(Object.keys(real));
    expect(Object.keys(ours.Router)).toEqual(Object.keys(real.Router));
    expect(Object.keys(ours.IPAM)).toEqual(Object.keys(real.IPAM));
    expect(Object.keys(ours.Router.Peers[0] ?? {})).toEqual(Object.keys(real.Router.Peers[0] ?? {}));
  });
});
