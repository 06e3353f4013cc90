import { Resolver } from 'node:dns/promises';
import { setTimeout as sleep } from 'node:timers/promises';

export interface LookUpOptions {
  /** Name servers in c-ares' notation (`192.0.2.1`, `[2001:db8::1]:53`); empty: those of this machine. */
  readonly resolvers: readonly string[];
  /** How often each name is asked for: content networks answer with other addresses each time. */
  readonly times: number;
  readonly signal: AbortSignal;
}

export interface Answer {
  readonly host: string;
  /** `system`, or the name server as it was given. */
  readonly source: string;
  readonly addresses: readonly string[];
  /** `no such name`, `no address`, `no reply`, `refused`, …; null: it was answered. */
  readonly why: string | null;
  readonly at: string;
}

/** Two questions fit; a name server that is well answers within a round trip. */
const QUESTION_MS = 1_500;
const TRIES = 2;
/** Questions on their way at once, for each name server. */
const AT_ONCE = 24;
/** A content network's answers live for a minute at most, and are chosen anew for each question behind a cache that has forgotten them. */
const PAUSE_MS = 1_000;

const REASONS: Readonly<Record<string, string>> = {
  ENOTFOUND: 'no such name',
  ENODATA: 'no address',
  ETIMEOUT: 'no reply',
  ETIMEDOUT: 'no reply',
  ECONNREFUSED: 'no name server there',
  EREFUSED: 'refused',
  ESERVFAIL: 'the name server failed',
  ECANCELLED: 'not answered in time',
};

/** Asks every name server for the addresses of each name, of both families. Questions that fail are answers with a reason. */
export async function lookUpAll(hosts: readonly string[], options: LookUpOptions): Promise<readonly Answer[]> {
  const { resolvers, times, signal } = options;
  const answers: Answer[] = [];
  for (let round = 0; round < times && !signal.aborted; round += 1) {
    if (round > 0) await sleep(PAUSE_MS, undefined, { signal }).catch(() => undefined);
    const each = (resolvers.length === 0 ? [null] : resolvers).map((server) =>
      withResolver(server, signal, (resolver) =>
        pooled(hosts, async (host) => {
          const source = server ?? 'system';
          const found = await Promise.all([asked(() => resolver.resolve4(host)), asked(() => resolver.resolve6(host))]);
          answers.push({ host, source, at: new Date().toISOString(), ...joined(found) });
        }),
      ),
    );
    await Promise.all(each);
  }
  return answers;
}

/** The names that the owners of addresses gave them; an address without one has an empty list. Missing: the question failed. */
export async function reverseNames(
  addresses: readonly string[],
  { resolvers, signal }: Pick<LookUpOptions, 'resolvers' | 'signal'>,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const names = new Map<string, readonly string[]>();
  await withResolver(resolvers[0] ?? null, signal, (resolver) =>
    pooled(addresses, async (address) => {
      const { values, why } = await asked(() => resolver.reverse(address));
      if (why === null || why === REASONS['ENOTFOUND'] || why === REASONS['ENODATA']) names.set(address, values);
    }),
  );
  return names;
}

interface Asked {
  readonly values: readonly string[];
  readonly why: string | null;
}

async function asked(ask: () => Promise<string[]>): Promise<Asked> {
  try {
    return { values: await ask(), why: null };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    return { values: [], why: REASONS[code] ?? (/^[A-Z]+$/.test(code) ? code : 'failed') };
  }
}

/** One family may have no address: the name has, if the other does. */
function joined(found: readonly Asked[]): Pick<Answer, 'addresses' | 'why'> {
  const addresses = found.flatMap(({ values }) => values);
  const reasons = [...new Set(found.flatMap(({ why }) => why ?? []))];
  return {
    addresses,
    why: addresses.length > 0 ? null : (reasons.find((why) => why !== REASONS['ENODATA']) ?? reasons[0] ?? null),
  };
}

async function withResolver(
  server: string | null,
  signal: AbortSignal,
  work: (resolver: Resolver) => Promise<void>,
): Promise<void> {
  const resolver = new Resolver({ timeout: QUESTION_MS, tries: TRIES });
  if (server !== null) resolver.setServers([server]);
  const cancel = (): void => resolver.cancel();
  signal.addEventListener('abort', cancel);
  try {
    await work(resolver);
  } finally {
    signal.removeEventListener('abort', cancel);
  }
}

/** Works on a few items at a time. */
async function pooled<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const waiting = [...items];
  const worker = async (): Promise<void> => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}
