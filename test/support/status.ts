import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { StatusDocument } from '../../source/cluster/status-schema.ts';
import { violations } from './json-schema.ts';

const schema = JSON.parse(
  readFileSync(fileURLToPath(new URL('../../schema/status.schema.json', import.meta.url)), 'utf8'),
) as Parameters<typeof violations>[1];

/** What `status --json` printed, held against the schema that ships with the program. */
export const readStatus = (text: string): StatusDocument => {
  const document: unknown = JSON.parse(text);
  const wrong = violations(document, schema, 'document');
  if (wrong.length > 0) throw new Error(`status --json breaks its schema:\n${wrong.join('\n')}`);
  return document as StatusDocument;
};

/** One value for each peer, by the last number of its address. */
export const byPeer = <T>(
  { peers }: StatusDocument,
  of: (peer: StatusDocument['peers'][number]) => T,
): Record<string, T> =>
  Object.fromEntries(peers.map((peer) => [peer.address.slice(peer.address.lastIndexOf('.') + 1), of(peer)]));

/** `severity id: last numbers of the peers`, as few words as say what was found. */
export const found = ({ findings }: StatusDocument): string[] =>
  findings.map(
    ({ id, severity, peers }) =>
      `${severity} ${id}: ${peers.map((address) => address.slice(address.lastIndexOf('.') + 1)).join(' ')}`,
  );

/** What mends what was found: `kind last number of the target`, in the order of the findings. */
export const mends = ({ findings }: StatusDocument): string[] =>
  findings.flatMap(({ mend }) =>
    mend ? [`${mend.kind} ${mend.target?.slice(mend.target.lastIndexOf('.') + 1) ?? ''}`.trimEnd()] : [],
  );
