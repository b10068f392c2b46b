import { EventEmitter } from 'node:events';
import type { Client } from 'ssh2';
import { expect, it } from 'vitest';
import { createConnection } from '../../source/ssh/connection.ts';
import type { Dialled, Line } from '../../source/ssh/dial.ts';
import { createGate } from '../../source/ssh/gate.ts';
import { createHostKeys } from '../../source/ssh/host-keys.ts';
import { createIdentities } from '../../source/ssh/identity.ts';
import { troubleOf } from '../../source/ssh/trouble.ts';
import { fakeClock } from '../support/fake-clock.ts';
import { inventoryPeer } from '../support/inventory-peer.ts';

const line = (): Line & { bytes: number; ended: number } => {
  const client = new EventEmitter() as Client;
  const made = {
    client,
    bytes: 0,
    ended: 0,
    bytesRead: () => made.bytes,
    bytesWaiting: () => 0,
    refusing: () => false,
    hangUp: () => {
      made.ended += 1;
      if (made.ended === 1) client.emit('close');
    },
  };
  client.end = () => client;
  return made;
};

const refused: Dialled = { kind: 'trouble', why: troubleOf('refused', 'Nobody there.') };

const connecting = (answers: (Dialled | Promise<Dialled>)[]) => {
  const clock = fakeClock();
  let dials = 0;
  const connection = createConnection(inventoryPeer(), {
    clock: clock.clock,
    hostKeys: createHostKeys(),
    identities: createIdentities(),
    gate: createGate(8),
    dial: async () => {
      dials += 1;
      const answer = answers.shift();
      if (!answer) throw new Error('an unexpected attempt to connect');
      return answer;
    },
  });
  return { clock, connection, dials: () => dials };
};

it('is opened once for everybody who asks', async () => {
  const one = line();
  const { connection, dials } = connecting([{ kind: 'open', line: one }]);
  const both = await Promise.all([connection.open(), connection.open()]);
  expect(both).toEqual([await connection.open(), await connection.open()]);
  expect(dials()).toBe(1);
});

it('says the last trouble at once until the next try is due', async () => {
  const { connection, clock, dials } = connecting([refused, refused]);
  expect(await connection.open()).toEqual(refused);
  // Half of the first 500 ms, less a quarter by chance.
  await clock.advance(300);
  expect(await connection.open()).toEqual({
    kind: 'trouble',
    why: { kind: 'refused', layer: 'ssh', text: 'Nobody there. Next try in 1 s.' },
  });
  expect(dials()).toBe(1);
  await clock.advance(100);
  expect(await connection.open()).toEqual(refused);
  expect(dials()).toBe(2);
});

it('tries at once when a person asks', async () => {
  const { connection, dials } = connecting([refused, { kind: 'open', line: line() }]);
  await connection.open();
  connection.retryNow();
  expect((await connection.open()).kind).toBe('open');
  expect(dials()).toBe(2);
});

it('is opened again after it broke, and remembers why the old one is gone', async () => {
  const [one, two] = [line(), line()];
  const { connection } = connecting([
    { kind: 'open', line: one },
    { kind: 'open', line: two },
  ]);
  await connection.open();
  expect(connection.lostBecause(one)).toBeNull();
  one.client.emit('error', Object.assign(new Error('x'), { level: 'client-timeout' }));
  one.client.emit('close');
  expect(connection.lostBecause(one)).toMatchObject({ kind: 'timeout' });
  expect(await connection.open()).toMatchObject({ line: two });
});

it('is given up after two silences in a row, not after one', async () => {
  const one = line();
  const { connection } = connecting([{ kind: 'open', line: one }]);
  await connection.open();
  connection.suspect(one);
  one.bytes += 1;
  connection.suspect(one);
  expect(one.ended).toBe(0);
  connection.suspect(one);
  expect(one.ended).toBeGreaterThan(0);
  expect(connection.lostBecause(one)).toMatchObject({ kind: 'timeout', layer: 'ssh' });
});

it('once closed stays closed, also when a login was under way', async () => {
  const one = line();
  let finish: (dialled: Dialled) => void = () => {};
  const slow = new Promise<Dialled>((done) => {
    finish = done;
  });
  const { connection, clock } = connecting([slow]);
  const opening = connection.open();
  await clock.settle();
  await connection.close();
  finish({ kind: 'open', line: one });
  expect(await opening).toMatchObject({ kind: 'trouble', why: { kind: 'closed' } });
  expect(one.ended).toBeGreaterThan(0);
  expect(await connection.open()).toMatchObject({ kind: 'trouble', why: { kind: 'closed' } });
});

it('hangs up on a server that does not answer the goodbye', async () => {
  const one = line();
  const { connection, clock } = connecting([{ kind: 'open', line: one }]);
  await connection.open();
  const closing = connection.close();
  await clock.advance(400);
  expect(one.ended).toBe(0);
  await clock.advance(200);
  expect(one.ended).toBeGreaterThan(0);
  await closing;
  expect(clock.pending()).toBe(0);
});

it('does not wait at the gate for a login that waits for its jump host, which has the same address from here', async () => {
  const parts = {
    clock: fakeClock().clock,
    hostKeys: createHostKeys(),
    identities: createIdentities(),
    gate: createGate(1),
  };
  const here = { host: '10.0.0.1', port: 22 };
  const jump = createConnection(inventoryPeer(here), {
    ...parts,
    dial: async () => ({ kind: 'open', line: line() }),
  });
  const behind = createConnection(inventoryPeer({ ...here, jump: [{ ...here, user: 'ops' }] }), {
    ...parts,
    dial: () => jump.open(),
  });
  expect(await behind.open()).toMatchObject({ kind: 'open' });
});
