import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CommandShape } from '../../source/options/shape.ts';
import { parseArgv } from '../../source/options.ts';
import { completion, type Shell } from '../../source/program/completion.ts';

const folder = mkdtempSync(join(tmpdir(), 'weave-console-completion-'));
afterAll(() => rmSync(folder, { recursive: true }));

const printed = (shell: Shell): string => {
  const request = parseArgv(['completion', shell], '1.2.3');
  if (request.command !== 'completion') throw new Error(JSON.stringify(request));
  return completion(shell, request.program);
};

describe('completion in bash', () => {
  beforeAll(() => {
    writeFileSync(join(folder, 'completion.bash'), printed('bash'));
    const program = join(folder, 'weave-console');
    writeFileSync(
      program,
      `#!/bin/sh\nprintf '%s\\n' 'prod: 10.0.0.1' 'stage: 10.0.0.2' 'x$(touch ${folder}/ran): 10.0.0.3'\n`,
    );
    chmodSync(program, 0o755);
  });

  const complete = (...words: readonly string[]): readonly string[] =>
    execFileSync(
      'bash',
      [
        '--norc',
        '-c',
        `source "$0/completion.bash"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
         _weave_console weave-console "\${COMP_WORDS[COMP_CWORD]}" "\${COMP_WORDS[COMP_CWORD-1]}"
         printf '%s\\n' "\${COMPREPLY[@]}"`,
        folder,
        'weave-console',
        ...words,
      ],
      { encoding: 'utf8', env: { PATH: `${folder}:${process.env.PATH}` } },
    )
      .trim()
      .split('\n');

  it.each([
    [['pl'], ['plan']],
    [['rec'], ['reclaim']],
    [
      ['lock', ''],
      ['show', 'break', '--help'],
    ],
    [['plan', 'wi'], ['wipe']],
    [['demo', '--scenario', 'dr'], ['drift']],
    [['config', 'add', 'x', '--color', 'bl'], ['blue']],
    [
      ['completion', ''],
      ['bash', 'zsh', 'fish', '--help'],
    ],
    // The value of an option is no command.
    [['--cluster', 'status', 'lock', 'sh'], ['show']],
    [
      ['restart', '--a'],
      ['--ascii', '--all'],
    ],
    // Nobody knows a reason.
    [['add', '--reason', ''], ['']],
    [
      ['--cluster', ''],
      ['prod', 'stage'],
    ],
  ])('%j', (words, offered) => {
    expect(complete(...words)).toEqual(offered);
  });

  it('runs nothing that stands in the name of a cluster', () => {
    complete('--cluster', '');
    expect(() => execFileSync('ls', [join(folder, 'ran')], { stdio: 'ignore' })).toThrow();
  });
});

describe('completion in other shells', () => {
  const small: CommandShape = {
    name: 'weave-console',
    what: '',
    choices: [],
    options: [{ flag: '--config', takes: 'FILE', choices: [], what: "another's file" }],
    commands: [
      {
        name: 'demo',
        what: 'the demo',
        choices: [],
        commands: [],
        options: [
          { flag: '--scenario', takes: 'NAME', choices: ['idle', 'big'], what: 'which' },
          { flag: '--ascii', takes: null, choices: [], what: 'plain' },
        ],
      },
    ],
  };

  it('is lines of fish', () => {
    expect(completion('fish', small).split('\n')).toEqual([
      'complete -c weave-console -e',
      'complete -c weave-console -f',
      "complete -c weave-console -n 'not __fish_seen_subcommand_from demo' -a demo -d 'the demo'",
      "complete -c weave-console -n 'not __fish_seen_subcommand_from demo' -l config -r -F -d 'another\\'s file'",
      "complete -c weave-console -n '__fish_seen_subcommand_from demo' -l scenario -x -a 'idle big' -d 'which'",
      "complete -c weave-console -n '__fish_seen_subcommand_from demo' -l ascii -d 'plain'",
      '',
    ]);
  });

  it('is that of bash in zsh, without a name that means something there', () => {
    const script = completion('zsh', small);
    expect(script).toContain(completion('bash', small));
    // `path` is the PATH of zsh.
    expect(script).not.toMatch(/\bpath=/);
  });
});
