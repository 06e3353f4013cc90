import { libraryNeed, type Library, type PmsStatus, type TokenSource, type Trouble } from '../../../core/pms-status.ts';
import type { Section } from '../../../parse/pms-answer-documents.ts';
import type { Called, PmsClient } from './client.ts';

/** All questions together; a PMS that is well answers each within milliseconds, one that spins up disks within a second or two. */
export const STATUS_BUDGET_MS = 3_000;

/**
 * Asks PMS for its own state: questions only, nothing is changed. What it did not answer stands in `troubles`; with a trouble of
 * `/identity` nothing else was asked.
 */
export async function gatherPmsStatus(client: PmsClient, tokenFrom: TokenSource | null): Promise<PmsStatus> {
  const identity = await client.identity();
  const unknown: PmsStatus = {
    base: client.base.origin,
    tokenFrom,
    version: null,
    claimed: null,
    signIn: null,
    mapping: null,
    mappingError: null,
    providers: null,
    sections: null,
    troubles: [],
  };
  if (!identity.ok) return { ...unknown, troubles: [identity.trouble] };
  const [root, account, providers, sections] = await Promise.all([
    client.root(),
    client.account(),
    client.providers(),
    client.sections(),
  ]);
  const [ofRoot, ofAccount] = [answerOf(root), answerOf(account)];
  return {
    ...unknown,
    version: identity.value.version ?? ofRoot?.version ?? null,
    claimed: identity.value.claimed,
    signIn: ofAccount?.signIn ?? ofRoot?.signIn ?? null,
    mapping: ofAccount?.mapping ?? ofRoot?.mapping ?? null,
    mappingError: ofAccount?.mappingError ?? null,
    providers: answerOf(providers),
    sections: answerOf(sections)?.map(libraryOf) ?? null,
    troubles: [root, account, providers, sections].flatMap(troubleOf),
  };
}

function answerOf<T>(called: Called<T>): T | null {
  return called.ok ? called.value : null;
}

function troubleOf(called: Called<unknown>): readonly Trouble[] {
  return called.ok ? [] : [called.trouble];
}

/** Scanners that come with PMS; people give names to their own. */
const OWN_SCANNER = /^Plex [A-Z][\w ]{0,40}$/;

/** Without the folders themselves. */
export function libraryOf({ id, type, agent, scanner, locations }: Section): Library {
  return {
    id,
    type,
    agent,
    scanner: OWN_SCANNER.test(scanner) ? scanner : 'other',
    needs: libraryNeed({ agent, type }),
    locations: locations.length,
  };
}
