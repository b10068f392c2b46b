import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { lookupName, namesMatch, parseKnownHosts } from '../../source/ssh/known-hosts.ts';

const blob = (type: string) => {
  const name = Buffer.from(type);
  const head = Buffer.alloc(4);
  head.writeUInt32BE(name.length);
  return Buffer.concat([head, name, Buffer.from('rest')]).toString('base64');
};
const KEY = `ssh-ed25519 ${blob('ssh-ed25519')}`;
const hashed = (name: string) => {
  const salt = Buffer.from('0123456789abcdefghij');
  return `|1|${salt.toString('base64')}|${createHmac('sha1', salt).update(name).digest('base64')}`;
};

it.each([
  ['h1', 22, 'h1'],
  ['H1.Example', 22, 'h1.example'],
  ['10.0.0.1', 2222, '[10.0.0.1]:2222'],
  ['fd00::1', 22, 'fd00::1'],
])('looks %s port %i up as %s', (host, port, name) => {
  expect(lookupName(host, port)).toBe(name);
});

it.each([
  ['h1', 'h1', true],
  ['H1', 'h1', true],
  ['h1,h2', 'h2', true],
  ['h1', 'h11', false],
  ['h?', 'h1', true],
  ['*.example', 'h1.example', true],
  ['*.example', 'h1xexample', false],
  ['*.example,!bad.example', 'bad.example', false],
  ['!bad.example,*.example', 'bad.example', false],
  ['!*.example', 'other', false],
  ['[10.0.0.1]:2222', '[10.0.0.1]:2222', true],
  ['[10.0.0.*]:2222', '[10.0.0.9]:2222', true],
  ['[10.0.0.1]:2222', '[10.0.0.1]:22', false],
  [hashed('h1'), 'h1', true],
  [hashed('h1'), 'h2', false],
  [hashed('[h1]:2222'), '[h1]:2222', true],
])('%s speaks of %s: %s', (names, name, expected) => {
  expect(namesMatch(names, name)).toBe(expected);
});

describe('a file', () => {
  it('keeps each usable line with its number', () => {
    const text = `# comment\n\nh1 ${KEY} comment here\n  h2\t${KEY}\r\n@revoked h3 ${KEY}\n@cert-authority *.example ${KEY}\n`;
    const { hosts, authorities, problems } = parseKnownHosts(text, 'known');
    expect(hosts.map(({ line, names, revoked, type }) => [line, names, revoked, type])).toEqual([
      [3, 'h1', false, 'ssh-ed25519'],
      [4, 'h2', false, 'ssh-ed25519'],
      [5, 'h3', true, 'ssh-ed25519'],
    ]);
    expect(authorities).toEqual([{ file: 'known', line: 6, names: '*.example' }]);
    expect(problems).toEqual([]);
  });

  it.each([
    ['h1 ssh-ed25519', 'it has fewer than three fields'],
    [`@trusted h1 ${KEY}`, 'it begins with a marker that is neither @revoked nor @cert-authority'],
    [`|1|abc ${KEY}`, 'its hashed name is malformed'],
    [`|2|abc|def ${KEY}`, 'its hashed name is malformed'],
    ['h1 ssh-ed25519 %%%', 'its key is not base64'],
    [`h1 ssh-rsa ${blob('ssh-ed25519')}`, 'its key is not of the type it names'],
    ['h1 1024 35 1234567', 'its key is not of the type it names'],
  ])('names the bad line %j', (line, why) => {
    expect(parseKnownHosts(`h0 ${KEY}\n${line}\nh2 ${KEY}\n`, 'known')).toMatchObject({
      hosts: [{ line: 1 }, { line: 3 }],
      problems: [{ file: 'known', line: 2, why }],
    });
  });
});
