import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { listAgentKeys } from '../../source/ssh/agent-keys.ts';
import { temporaryFolder } from '../support/keys.ts';

const folder = temporaryFolder();
afterAll(() => folder.remove());

let made = 0;
/** An agent that answers the first request with these bytes, in two pieces. */
const agent = async (answer: Buffer | null) => {
  made += 1;
  const path = join(folder.path, `agent-${made}`);
  const seen: Buffer[] = [];
  const server = createServer((socket: Socket) => {
    socket.on('error', () => {});
    socket.once('data', (bytes: Buffer) => {
      seen.push(bytes);
      if (!answer) socket.end();
      else {
        socket.write(answer.subarray(0, 7));
        setImmediate(() => socket.end(answer.subarray(7)));
      }
    });
  });
  await new Promise<void>((done) => server.listen(path, done));
  return { path, seen, close: () => server.close() };
};

const number = (value: number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};
const text = (value: string) => Buffer.concat([number(Buffer.byteLength(value)), Buffer.from(value)]);
const message = (type: number, ...parts: Buffer[]) => {
  const body = Buffer.concat([Buffer.from([type]), ...parts]);
  return Buffer.concat([number(body.length), body]);
};

it('lists every key, also of kinds that ssh2 leaves out', async () => {
  const one = await agent(
    message(12, number(2), text('blob one'), text('laptop'), text('blob two'), text('tøken')),
  );
  expect(await listAgentKeys(one.path)).toEqual([
    { blob: Buffer.from('blob one'), comment: 'laptop' },
    { blob: Buffer.from('blob two'), comment: 'tøken' },
  ]);
  expect(one.seen).toEqual([Buffer.from([0, 0, 0, 1, 11])]);
  one.close();
});

it.each<[string, Buffer | null, string]>([
  ['refuses', message(5), 'refuses to list its keys'],
  ['lies about a length', message(12, number(1), number(99)), 'malformed'],
  ['hangs up', null, 'hung up'],
])('an agent that %s is an error that says so', async (_, answer, expected) => {
  const one = await agent(answer);
  await expect(listAgentKeys(one.path)).rejects.toThrow(expected);
  one.close();
});

it('an agent that is not there is an error that says so', async () => {
  await expect(listAgentKeys(join(folder.path, 'none'))).rejects.toThrow("can't be reached (ENOENT)");
});
