import { isIP } from 'node:net';
import { z } from 'zod';

const port = z.int().min(1).max(65535);
const hostPort = z
  .string()
  .regex(/^(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+):\d{1,5}$/, 'must be HOST:PORT, e.g. 127.0.0.1:6782')
  .refine((text) => Number(text.slice(text.lastIndexOf(':') + 1)) <= 65535, 'port must be at most 65535');
/**
 * Whether weave takes this as a peer and ssh as a host, and no shell or option parser can misread it. Digits and dots alone
 * are an IPv4 address in full: `10.0.0.256` is a slip, and is looked up as a name by nobody.
 */
export const isAddress = (text: string): boolean => {
  if (text.length > 253) return false;
  if (isIP(text) === 6) return !text.includes('%');
  return /^[0-9.]+$/.test(text) ? isIP(text) === 4 : /^[A-Za-z0-9_][A-Za-z0-9._-]*$/.test(text);
};

const address = z.string().refine(isAddress, {
  error: ({ input }) =>
    `must be a host name or an IP address, not ${JSON.stringify(input)}: a port goes into "port", a user into "user"`,
});
const absolutePath = z.string().regex(/^\/[^\0\n]*$/, 'must be an absolute path');
const userName = z.string().regex(/^[A-Za-z_][A-Za-z0-9._-]*\$?$/, 'must be a user name');

/** `[user@]host[:port]`, one or several with commas between: what ssh takes with -J. An IPv6 address stands in brackets, and `none` is none. */
const jumpPattern =
  /^(?:[A-Za-z_][A-Za-z0-9._-]*@)?(?:\[[0-9a-fA-F:.]+\]|[A-Za-z0-9_][A-Za-z0-9._-]*)(?::\d{1,5})?$/;
export const jump = z
  .string()
  .refine(
    (text) =>
      text
        .split(',')
        .every((one) => jumpPattern.test(one) && Number(/\]?:(\d+)$/.exec(one)?.[1] ?? 22) <= 65535),
    'must be [USER@]HOST[:PORT], several with commas between, nearest first',
  );

/** Settings of a cluster that can be given for one peer, too. All optional: each has a default. */
const settings = {
  user: userName.optional(),
  port: port.optional(),
  jump: jump.optional(),
  identity: z.array(z.string().min(1)).optional(),
  knownHosts: z.array(z.string().min(1)).optional(),
  sudo: z.enum(['never', 'passwordless', 'prompt']).optional(),
  weave: absolutePath.optional(),
  unit: z
    .string()
    .regex(/^[A-Za-z0-9@_.:-]+$/, 'must be a unit name')
    .optional(),
  unitFile: z
    .string()
    .regex(/^(?:~\/|\/)[^\0\n]*$/, 'must be an absolute path on this machine, or begin with ~/')
    .optional(),
  environmentFile: absolutePath.optional(),
  stateDir: absolutePath.optional(),
  runtimeDir: absolutePath.optional(),
  machineIdFile: absolutePath.optional(),
  bootIdFile: absolutePath.optional(),
  statusAddress: hostPort.optional(),
  controlAddress: hostPort.optional(),
};

const peer = z.strictObject({ address, host: address.optional(), ...settings });
export type PeerConfig = z.infer<typeof peer>;

/** What the name of a cluster can be drawn in. */
export const colors = ['red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white', 'gray'] as const;

const cluster = z.strictObject({
  color: z.enum(colors).optional(),
  readOnly: z.boolean().optional(),
  transport: z.literal('ssh2').optional(),
  intervalMs: z.int().min(200).max(3_600_000).optional(),
  ...settings,
  peers: z.array(peer).min(1, 'needs at least one peer').max(500),
  spares: z.array(peer).max(500).optional(),
});
export type ClusterConfig = z.infer<typeof cluster>;

/** The config file, schema 1. Unknown keys are errors: a misspelt setting must not be ignored silently. */
export const configSchema = z
  .strictObject({ schema: z.literal(1), clusters: z.record(z.string().min(1).max(100), cluster) })
  .superRefine((config, context) => {
    for (const [name, { peers, spares = [] }] of Object.entries(config.clusters)) {
      const seen = new Set<string>();
      for (const [list, entries] of [['peers', peers] as const, ['spares', spares] as const]) {
        entries.forEach((entry, index) => {
          if (seen.has(entry.address))
            context.addIssue({
              code: 'custom',
              path: ['clusters', name, list, index, 'address'],
              message: `${entry.address} is listed twice`,
            });
          seen.add(entry.address);
        });
      }
    }
  });
export type ConfigFile = z.infer<typeof configSchema>;
