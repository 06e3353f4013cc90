import * as z from 'zod/mini';
import { endpointSchema } from '../../core/model/endpoint.ts';
import { itemSchemas } from '../../core/model/evidence.ts';
import { ProxyUrl } from '../../core/values/secret.ts';
import type { ProbeInput, Probed } from '../probe/probe.ts';
import type { ProxyChoice } from '../probe/proxy-pool.ts';
import type { User } from './place.ts';

/** The task of a prober, as one line on its standard input: no other process can read it there, as it could an argument. */
const orderSchema = z.object({
  endpoints: z.array(endpointSchema),
  families: z.array(z.union([z.literal(4), z.literal(6)])),
  proxies: z.object({ http: choiceSchema(), https: choiceSchema() }),
  timeoutMs: z.number(),
  patient: z.boolean(),
  children: z.array(z.object({ url: z.string(), program: z.nullable(z.string()), pid: z.int() })),
  budgetMs: z.number(),
  extraRootsPem: z.nullable(z.string()),
  pmsBundlePem: z.nullable(z.string()),
  /** The user that it becomes; null: it stays what it is. */
  user: z.nullable(z.object({ uid: z.int(), gid: z.int(), groups: z.array(z.int()) })),
  /** The file system that says how names are resolved; null: its own. */
  root: z.nullable(z.string()),
});
export type Order = z.infer<typeof orderSchema>;

function choiceSchema() {
  return z.nullable(z.object({ url: z.string(), from: z.string() }));
}

/** A line on the prober's standard output. */
const lineSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('progress'), done: z.int(), total: z.int() }),
  /** It could not become the user. */
  z.object({ kind: z.literal('refused'), code: z.string() }),
  z.object({
    kind: z.literal('probed'),
    probed: z.object({
      proxies: itemSchemas.proxies,
      'attempts.direct': itemSchemas['attempts.direct'],
      'attempts.proxy': itemSchemas['attempts.proxy'],
      resolver: itemSchemas.resolver,
      load: itemSchemas.load,
      childProxies: itemSchemas.childProxies,
    }),
  }),
]);
export type Line = z.infer<typeof lineSchema>;

/** Further lines on its standard input: this one, or the end, which is our own. */
export const STOP = 'stop';

export function orderOf(input: ProbeInput, user: User | null, root: string | null): Order {
  const reveal = (choice: ProxyChoice | null): Order['proxies']['http'] =>
    choice === null ? null : { url: choice.url.reveal(), from: choice.from };
  return {
    endpoints: [...input.endpoints],
    families: [...input.families],
    proxies: { http: reveal(input.proxies.http), https: reveal(input.proxies.https) },
    timeoutMs: input.timeoutMs,
    patient: input.patient,
    children: (input.children ?? []).map(({ url, ...child }) => ({ ...child, url: url.reveal() })),
    budgetMs: input.budget.leftMs(),
    extraRootsPem: input.extraRootsPem,
    pmsBundlePem: input.pmsBundlePem,
    user: user === null ? null : { ...user, groups: [...user.groups] },
    root,
  };
}

export function readOrder(line: string): Order {
  return orderSchema.parse(JSON.parse(line));
}

export function readLine(line: string): Line {
  return lineSchema.parse(JSON.parse(line));
}

export function probedLine(probed: Probed): string {
  return `${JSON.stringify({ kind: 'probed', probed } satisfies { kind: 'probed'; probed: Probed })}\n`;
}

/** The proxies of an order; our own process has read their addresses once already. */
export function proxiesOf({ proxies }: Order): ProbeInput['proxies'] {
  const choose = (choice: Order['proxies']['http']): ProxyChoice | null => {
    const parsed = choice === null ? null : ProxyUrl.parse(choice.url);
    return choice !== null && parsed?.ok === true ? { url: parsed.url, from: choice.from } : null;
  };
  return { http: choose(proxies.http), https: choose(proxies.https) };
}

export function childrenOf({ children }: Order): NonNullable<ProbeInput['children']> {
  return children.flatMap(({ url, ...child }) => {
    const parsed = ProxyUrl.parse(url);
    return parsed.ok ? [{ ...child, url: parsed.url }] : [];
  });
}
