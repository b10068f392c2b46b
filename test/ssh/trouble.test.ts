import { describe, expect, it } from 'vitest';
import {
  closedTrouble,
  type SshError,
  sshTrouble,
  timeoutTrouble,
  withNextTry,
} from '../../source/ssh/trouble.ts';

const error = (given: Partial<SshError>): SshError => Object.assign(new Error('said \u001b[31mthis'), given);
const where = 'ops@h1:22';

it.each([
  ['ECONNREFUSED', 'refused'],
  ['ETIMEDOUT', 'timeout'],
  ['EHOSTUNREACH', 'unreachable'],
  ['ENETUNREACH', 'unreachable'],
  ['ENOTFOUND', 'dns'],
  ['EAI_AGAIN', 'dns'],
  ['ECONNRESET', 'closed'],
  ['EPIPE', 'closed'],
])('%s is %s, and the text names the host and the code', (code, kind) => {
  const why = sshTrouble(error({ code, level: 'client-socket' }), where, 'connect');
  expect(why).toMatchObject({ kind, layer: 'ssh' });
  expect(why.text).toContain('ops@h1:22');
  expect(why.text).toContain(code);
});

it('tells several addresses by the last one that was tried', () => {
  const both = error({ errors: [error({ code: 'ENETUNREACH' }), error({ code: 'ECONNREFUSED' })] });
  expect(sshTrouble(both, where, 'connect').kind).toBe('refused');
});

describe('what ssh2 reports', () => {
  it.each<[Partial<SshError>, Parameters<typeof sshTrouble>[2], string]>([
    [{ level: 'client-authentication' }, 'login', 'auth'],
    [{ level: 'client-timeout' }, 'handshake', 'timeout'],
    [{ level: 'handshake' }, 'handshake', 'protocol'],
    [{ level: 'protocol' }, 'handshake', 'protocol'],
    [{ code: 2 }, 'login', 'auth'],
    [{ code: 2 }, 'handshake', 'closed'],
    [{ code: 14 }, 'login', 'auth'],
    [{ code: 12 }, 'handshake', 'refused'],
    [{ code: 10 }, 'open', 'closed'],
  ])('%j while %s is %s', (given, phase, kind) => {
    const why = sshTrouble(error(given), where, phase);
    expect(why.kind).toBe(kind);
    expect(why.text).not.toContain('\u001b');
  });
});

it('knows of whoever had taken the connection that somebody is there', () => {
  const answered = (['connect', 'handshake', 'login', 'open'] as const).map((phase) =>
    [
      timeoutTrouble(where, phase, 10),
      closedTrouble(where, phase),
      sshTrouble(error({ code: 'ECONNRESET', level: 'client-socket' }), where, phase),
    ].map((why) => why.answered ?? false),
  );
  expect(answered).toEqual([false, true, true, false].map((there) => [there, there, there]));
  expect(sshTrouble(error({ code: 'ECONNREFUSED' }), where, 'connect').answered).toBeUndefined();
});

it('says what each phase was waiting for', () => {
  const texts = (['connect', 'handshake', 'login', 'open'] as const).map((phase) => [
    timeoutTrouble(where, phase, 10),
    closedTrouble(where, phase),
  ]);
  expect(new Set(texts.flat().map(({ text }) => text)).size).toBe(8);
  expect(texts.every(([late, closed]) => late?.kind === 'timeout' && closed?.kind === 'closed')).toBe(true);
});

it('says when the next try is', () => {
  expect(withNextTry(closedTrouble(where, 'connect'), 1200).text).toMatch(/ Next try in 2 s\.$/);
});
