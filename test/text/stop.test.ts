import { expect, it } from 'vitest';
import { withStop } from '../../source/text/stop.ts';

it.each([
  ['It broke', 'It broke.'],
  ['It broke.', 'It broke.'],
  ['It broke. ', 'It broke.'],
  [
    'Is sshd running there, and are host and port right?',
    'Is sshd running there, and are host and port right?',
  ],
  ['Is it right?.', 'Is it right?'],
  ['It broke...', 'It broke.'],
])('ends %j once', (text, ended) => {
  expect(withStop(text)).toBe(ended);
});
