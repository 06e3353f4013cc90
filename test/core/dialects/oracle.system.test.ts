import { describe, expect, it } from 'vitest';
import { generateCases, proxyValueCases } from '../../lab/dialects/cases.ts';
import { FUZZ } from '../../support/fuzz.ts';
import { CLIENTS, clientsHere, compare, whyNoSealedNetwork } from '../../lab/dialects/oracle.ts';

/**
 * The real clients as judges, in a network of their own where whatever they connect to is recorded. A reduced version of
 * test/lab/dialects/oracle.test.ts.
 */
const why = whyNoSealedNetwork();
const { found, missing } = why === null ? clientsHere() : { found: [], missing: new Map() };

/** Node reads the variables once a process, at 0.1 s each: node:http gets a few cases here and many in the lab. */
const CASES = [...proxyValueCases(), ...generateCases(40 * FUZZ, 20_261_122)];
const FEW = generateCases(8 * FUZZ, 7);

describe('the real clients go the way their dialects say', () => {
  it.for(CLIENTS)('%s', { timeout: 300_000 }, async (client, { skip }) => {
    const reason = why ?? missing.get(client);
    if (reason !== undefined) {
      console.log(`skipped: ${client}: ${reason}`);
      skip(reason);
    }
    expect(found).toContain(client);
    expect(await compare(client === 'node-http' ? FEW : CASES, [client])).toEqual([]);
  });
});
