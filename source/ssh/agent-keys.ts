import { connect } from 'node:net';

/** A key that an agent holds: its public blob and what its owner called it. */
export type AgentKey = { readonly blob: Buffer; readonly comment: string };

const REQUEST_IDENTITIES = 11;
const IDENTITIES_ANSWER = 12;
const MOST_BYTES = 1024 * 1024;
const PATIENCE = 5_000;

const readAnswer = (bytes: Buffer): AgentKey[] => {
  if (bytes[4] !== IDENTITIES_ANSWER) throw new Error('the agent refuses to list its keys (is it locked?)');
  let at = 9;
  const field = (): Buffer => {
    const length = bytes.readUInt32BE(at);
    const value = bytes.subarray(at + 4, at + 4 + length);
    if (value.length !== length) throw new Error('the agent gave a malformed answer');
    at += 4 + length;
    return value;
  };
  return Array.from({ length: Math.min(1000, bytes.readUInt32BE(5)) }, () => ({
    blob: Buffer.from(field()),
    comment: field().toString('utf8'),
  }));
};

/**
 * All keys of the agent behind this socket (draft-miller-ssh-agent, 4.4). ssh2's own agent leaves out, without a word,
 * those it can't use; a person whose login failed must be told of them.
 */
export const listAgentKeys = (socketPath: string): Promise<readonly AgentKey[]> =>
  new Promise((resolve, reject) => {
    const socket = connect(socketPath);
    let bytes = Buffer.alloc(0);
    const fail = (error: Error) => {
      socket.destroy();
      reject(error);
    };
    socket.setTimeout(PATIENCE, () => fail(new Error('the agent did not answer')));
    socket.once('error', (error: NodeJS.ErrnoException) =>
      fail(new Error(`the agent can't be reached (${error.code})`)),
    );
    socket.once('close', () => fail(new Error('the agent hung up')));
    socket.once('connect', () => socket.write(Buffer.from([0, 0, 0, 1, REQUEST_IDENTITIES])));
    socket.on('data', (piece: Buffer) => {
      bytes = Buffer.concat([bytes, piece]);
      if (bytes.length > MOST_BYTES) fail(new Error('the agent gave a malformed answer'));
      if (bytes.length < 4 || bytes.length < 4 + bytes.readUInt32BE(0)) return;
      try {
        resolve(readAnswer(bytes));
        socket.destroy();
      } catch (error) {
        fail(error instanceof Error ? error : new Error(String(error)));
      }
    });
  });
