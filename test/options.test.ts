import { describe, expect, it } from 'vitest';
import { parseArgv } from '../source/options.ts';

const parse = (line: string) => parseArgv(line.split(' ').filter(Boolean), '1.2.3');

describe('parseArgv', () => {
  it.each([
    ['', { command: 'console', common: { color: true } }],
    ['--cluster prod --ascii', { command: 'console', common: { color: true, cluster: 'prod', ascii: true } }],
    [
      '--peers 10.0.0.1,10.0.0.2',
      { command: 'console', common: { color: true, peers: ['10.0.0.1', '10.0.0.2'] } },
    ],
    ['status --json --once', { command: 'status', json: true, once: true, common: { color: true } }],
    ['status --watch --interval 0.5', { command: 'status', watch: true, common: { interval: 500 } }],
    [
      'status --config /tmp/a.json --port 2222',
      { command: 'status', common: { config: '/tmp/a.json', port: 2222 } },
    ],
    ['--config /tmp/a.json status', { command: 'status', common: { config: '/tmp/a.json' } }],
    [
      'status --identity a --identity b --no-color',
      { command: 'status', common: { identity: ['a', 'b'], color: false } },
    ],
    ['--no-color status', { command: 'status', common: { color: false } }],
    [
      'demo --scenario partition --peers 7',
      { command: 'demo', demo: { scenario: 'partition', peers: 7, speed: 1 } },
    ],
    ['demo --headless', { command: 'demo', demo: { scenario: 'healthy', headless: true } }],
    ['resume --cluster prod', { command: 'resume', guest: null, common: { cluster: 'prod' } }],
    ['resume 10.0.0.6 --peers a', { command: 'resume', guest: '10.0.0.6', common: { peers: ['a'] } }],
    ['--jump ops@bastion status', { command: 'status', common: { jump: 'ops@bastion' } }],
    ['config path', { command: 'config', action: 'path' }],
    ['config list --config x.json', { command: 'config', action: 'list', config: 'x.json' }],
    ['--config x.json config edit', { command: 'config', action: 'edit', config: 'x.json' }],
    [
      'config add prod --peers a,b --spares c --user ops --port 2222 --color red --read-only --config x',
      {
        command: 'config-add',
        name: 'prod',
        peers: ['a', 'b'],
        settings: { spares: ['c'], user: 'ops', port: 2222, color: 'red', readOnly: true },
        config: 'x',
      },
    ],
    ['completion fish', { command: 'completion', shell: 'fish', program: { name: 'weave-console' } }],
  ])('%s', (line, request) => {
    expect(parse(line)).toMatchObject(request);
  });

  it.each([
    ['--help', /Usage: weave-console/],
    ['status --help', /--watch/],
    ['--version', /^1\.2\.3\n$/],
  ])('%s prints to standard output, exit code 0', (line, text) => {
    expect(parse(line)).toMatchObject({ command: 'text', code: 0, text: expect.stringMatching(text) });
  });

  it.each([
    [
      'statu',
      /^error: unknown command 'statu' \(did you mean status\?\)\n\(weave-console --help lists the commands\)\n$/,
    ],
    ['stauts --json', /^error: unknown command 'stauts' \(did you mean status\?\)\n/],
    ['--cluster x stauts', /^error: unknown command 'stauts' \(did you mean status\?\)\n/],
    ['watchdog', /^error: unknown command 'watchdog'\n/],
    ['status --jsn', /--jsn[\s\S]*\(weave-console status --help lists the options\)\n$/],
    ['lock brake', /weave-console lock/],
    ['status --json --plain', /--plain/],
    ['status --once --watch', /--watch/],
    ['status extra', /too many arguments/],
    ['--port 70000', /PORT must be a whole number from 1 to 65535/],
    ['--interval soon', /SECONDS must be a number/],
    ['demo --scenario nonsense', /healthy, idle/],
    ['--peers ,', /at least one peer/],
    ['config', /Usage/],
    ['config add prod', /--peers <LIST>' not specified/],
    ['config add --peers a', /missing required argument 'NAME'/],
    ['config add prod --peers a --color pink', /red, green/],
    ['completion tcsh', /bash, zsh, fish/],
  ])('%s is a usage problem, exit code 2', (line, text) => {
    expect(parse(line)).toMatchObject({ command: 'text', code: 2, text: expect.stringMatching(text) });
  });

  it('tells the exit codes in its help', () => {
    const help = parse('--help');
    expect(help.command === 'text' && help.text).toContain('8 outcome uncertain');
  });
});

describe('changes on the command line', () => {
  it.each([
    ['add 10.0.0.16 --reason T-1', { command: 'change', kind: 'add-peer', peer: '10.0.0.16', reason: 'T-1' }],
    ['remove h3', { command: 'change', kind: 'remove-peer', peer: 'h3', reason: '' }],
    [
      'plan add 10.0.0.16 --config x',
      { command: 'plan', kind: 'add-peer', peer: '10.0.0.16', common: { config: 'x' } },
    ],
    ['plan remove h3', { command: 'plan', kind: 'remove-peer', peer: 'h3' }],
    ['lock', { command: 'lock-show' }],
    ['lock show --cluster prod', { command: 'lock-show', common: { cluster: 'prod' } }],
    ['lock break --id abcdef --reason because', { command: 'lock-break', id: 'abcdef', reason: 'because' }],
    ['history', { command: 'history' }],
    ['history show ID --markdown', { command: 'history-show', run: 'ID', format: 'markdown' }],
  ])('%s', (line, request) => {
    expect(parse(line)).toMatchObject(request);
  });

  it.each([
    ['add'],
    ['plan add'],
    ['lock break --id abcdef'],
    ['history show'],
    ['history show a --json --markdown'],
  ])('%s is a usage problem', (line) => {
    expect(parse(line)).toMatchObject({ command: 'text', code: 2 });
  });
});
