import * as z from 'zod/mini';
import { scanSchema } from './experiment.ts';
import { OUTCOMES } from './outcome.ts';
import { codeWord, host, program, said, time, url, word } from './privacy.ts';
import { list, obj } from './schema.ts';
import { argsSchema } from './statement.ts';

/** The proof of a bridge: PMS scans without it, with it, and without it again. */

/** The order of the three scans. */
export const PROOF_STEPS = ['before', 'with', 'after'] as const;
export type ProofStepName = (typeof PROOF_STEPS)[number];

/** One question of the bridge to the proxy: CONNECT by name. */
export const tunnelSchema = obj({
  host: host(),
  at: time(),
  outcome: z.enum(OUTCOMES),
  code: z.nullable(codeWord()),
  /** The proxy's own answer where it refused; 200 where it opened the way; null: it gave no status. */
  status: z.nullable(z.int()),
});
export type Tunnel = z.infer<typeof tunnelSchema>;

/** Connections of PMS to a bridged host, by program; equal ones are counted. */
const contactSchema = obj({
  host: host(),
  route: z.enum(['direct', 'bridge', 'proxy']),
  process: z.nullable(program()),
  outcome: z.nullable(z.enum(OUTCOMES)),
  count: z.int(),
});
export type Contact = z.infer<typeof contactSchema>;

export const proofStepSchema = obj({
  name: z.enum(PROOF_STEPS),
  startedAt: time(),
  endedAt: time(),
  /** Process id of PMS; null: it was gone. */
  pid: z.nullable(z.int()),
  scans: list(scanSchema),
  contacts: list(contactSchema),
  /** null: PMS's connections were not watched. */
  watched: z.nullable(z.boolean()),
  /** Questions of the bridge to the proxy; empty without the bridge. */
  tunnels: list(tunnelSchema),
  /** CONNECTs by name in the log of the proxy; null: its log was not read. */
  logged: z.nullable(z.int()),
  /** Further hosts that PMS's programs reached or missed directly. */
  others: list(obj({ host: host(), outcome: z.nullable(z.enum(OUTCOMES)) })),
});
export type ProofStep = z.infer<typeof proofStepSchema>;

/** Why the bridge was not set up; nothing was changed. */
export const STOPS = [
  'no-bypass',
  'not-refused',
  'proxy-refuses',
  'hosts-line',
  'no-hosts-file',
  'no-files-service',
  'port-taken',
  'mount-refused',
  'bridge-failed',
  'pms-gone',
  'interrupted',
] as const;
export type Stop = (typeof STOPS)[number];

export const bridgeShape = {
  hosts: list(obj({ host: host(), address: host() })),
  /** Masked address of the proxy. */
  proxy: url(),
  steps: list(proofStepSchema),
  /** The answers of the proxy before anything was changed. */
  asked: list(tunnelSchema),
  stopped: z.nullable(obj({ why: z.enum(STOPS), args: argsSchema })),
  /** Remarks for people on what holds here: other programs, caches. */
  remarks: list(obj({ message: word(), args: argsSchema })),
  /** Whether everything was seen to be as before at the end; null: nothing was changed. */
  restored: z.nullable(z.boolean()),
  /** How the tool that mounts or listens put its refusal. */
  detail: z.nullable(said()),
};
export const bridgeSchema = obj(bridgeShape);
export type Bridge = z.infer<typeof bridgeSchema>;
