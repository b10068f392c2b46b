import { z } from 'zod';
import { changeKinds } from './change-kinds.ts';

const ids = z.array(z.string());
const count = z.int().nonnegative();

const trouble = z
  .object({
    kind: z.enum([
      'refused',
      'timeout',
      'unreachable',
      'dns',
      'host-key',
      'auth',
      'no-shell',
      'closed',
      'protocol',
    ]),
    text: z.string(),
    layer: z.enum(['ssh', 'weave']).describe('Whether SSH itself failed, or weave did not answer behind it'),
  })
  .describe('Why the peer could not be asked');

const peer = z.object({
  address: z.string().describe('As it stands in PEERS'),
  nickname: z.string().nullable(),
  name: z.string().nullable().describe('The weave peer name'),
  state: z
    .enum(['unseen', 'silent', 'hung', 'stopped', 'garbled', 'degraded', 'idle', 'waiting', 'ready'])
    .describe('How the peer stands, in one word'),
  hostname: z.string().nullable(),
  reach: z.enum(['report', 'silent', 'garbled']),
  facts: z
    .enum(['read', 'no-shell', 'none'])
    .describe(
      'Whether the host itself could be read; unless it was, its unit and files are not known and an empty drift says nothing of them',
    ),
  trouble: trouble.nullable(),
  via: z.enum(['status-port', 'control-port', 'curl', 'weave-report', 'none']),
  ageMs: count.nullable().describe('Age of the newest look, whatever it gave; null before the first'),
  version: z.string().nullable(),
  unit: z
    .object({ active: z.string(), enabled: z.string() })
    .nullable()
    .describe('null where it is not known'),
  container: z.string().nullable().describe("docker's word, or absent; null where it is not known"),
  links: z.object({ established: count, expected: count }),
  ipam: z.object({
    phase: z.enum([
      'absent',
      'idle',
      'priming',
      'awaiting-consensus',
      'ready',
      'waiting-for-space',
      'owners-unreachable',
      'unknown',
    ]),
    quorum: count.nullable(),
    known: count.nullable(),
    owned: z
      .number()
      .nonnegative()
      .nullable()
      .describe('Addresses, by the ring that most peers hold, or by its own where rings were seeded apart'),
    share: z.number().min(0).max(1).nullable(),
  }),
  drift: z.array(z.enum(['peers', 'unit', 'version', 'range', 'encryption', 'targets', 'clock'])),
  seenBy: ids.describe('Peers whose own report knows this one'),
});

const finding = z.object({
  id: z.string(),
  severity: z.enum(['info', 'warning', 'critical']),
  peers: ids,
  title: z.string(),
  because: z.string(),
  remedy: z.string(),
  mend: z
    .object({
      kind: z.enum(changeKinds).describe('The procedure that mends it'),
      target: z.string().nullable().describe('The peer it is about; null for the whole cluster'),
    })
    .optional()
    .describe('Only where a procedure of this console mends it'),
});

/** `status --json`: the one source of its type and of schema/status.schema.json. Fields may be added, none may go. */
export const statusSchema = z
  .object({
    schema: z.literal(1),
    cluster: z.string(),
    at: z.iso.datetime(),
    peers: z.array(peer),
    quorum: z.object({
      ipam: z.object({
        phase: z.enum(['ready', 'idle', 'awaiting-consensus', 'priming', 'split', 'unknown']),
        quorum: count.nullable(),
        known: count.nullable(),
      }),
      mesh: z.object({ configured: count, connected: count, majority: count, cliques: z.array(ids) }),
    }),
    lock: z.object({ state: z.enum(['free', 'held', 'left-behind', 'unreadable', 'unknown']) }),
    findings: z.array(finding),
  })
  .meta({ title: 'weave-console status', description: 'What `weave-console status --json` prints' });

export type StatusDocument = z.infer<typeof statusSchema>;
