import { describe, expect, it } from 'vitest';
import { terminalOf } from '../../source/program/terminal.ts';

const tty = { isTTY: true };
const at = (env: Record<string, string>, options = {}, stdout: { isTTY?: boolean } = tty) =>
  terminalOf({ env, stdin: tty, stdout }, { color: true, ...options });

describe('terminalOf', () => {
  it.each([
    [
      'a plain terminal',
      at({ TERM: 'xterm', LANG: 'de_DE.UTF-8' }),
      { interactive: true, color: true, ascii: false },
    ],
    [
      'CI=true on a terminal',
      at({ TERM: 'xterm', CI: 'true' }),
      { interactive: true, color: true, ascii: false },
    ],
    ['NO_COLOR=1', at({ NO_COLOR: '1' }), { interactive: true, color: false, ascii: false }],
    ['NO_COLOR empty', at({ NO_COLOR: '' }), { interactive: true, color: true, ascii: false }],
    ['--no-color', at({}, { color: false }), { interactive: true, color: false, ascii: false }],
    ['--ascii', at({ LANG: 'C.UTF-8' }, { ascii: true }), { interactive: true, color: true, ascii: true }],
    ['a C locale', at({ LANG: 'C' }), { interactive: true, color: true, ascii: true }],
    [
      'LC_ALL over LANG',
      at({ LANG: 'C', LC_ALL: 'en_US.utf8' }),
      { interactive: true, color: true, ascii: false },
    ],
    ['TERM=dumb', at({ TERM: 'dumb' }), { interactive: false, color: false, ascii: false }],
    ['a pipe', at({}, {}, {}), { interactive: false, color: true, ascii: false }],
  ])('%s', (_, terminal, expected) => {
    expect(terminal).toEqual(expected);
  });
});
