import {
  CUSTOM_PROVIDER,
  libraryNeed,
  SECTIONS_CALLS,
  type CustomProvider,
  type Library,
  type PmsStatus,
  type TokenSource,
  type Trouble,
} from '../../../core/model/pms-status.ts';
import type { Provider, Section, SectionList } from '../../../parse/pms/answer-documents.ts';
import { UNKNOWN_CALL, type Called, type PmsClient } from './client.ts';

/** All questions together; a PMS that is well answers each within milliseconds, one that spins up disks within a second or two. */
export const STATUS_BUDGET_MS = 3_000;

/**
 * Asks PMS for its own state: questions only, nothing is changed. `troubles` lists the questions without an answer; after a trouble of
 * `/identity` nothing else is asked.
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
  const [root, account, providers, sections, custom] = await Promise.all([
    client.root(),
    client.account(),
    client.providers(),
    client.sections(),
    client.customProviders(),
  ]);
  const [ofRoot, ofAccount] = [answerOf(root), answerOf(account)];
  return {
    ...unknown,
    version: identity.value.version ?? ofRoot?.version ?? null,
    claimed: identity.value.claimed,
    signIn: ofAccount?.signIn ?? ofRoot?.signIn ?? null,
    mapping: ofAccount?.mapping ?? ofRoot?.mapping ?? null,
    mappingError: ofAccount?.mappingError ?? null,
    providers: answerOf(providers)?.map(({ identifier, online }) => ({ identifier, online })) ?? null,
    sections: librariesOf(answerOf(sections)),
    customProviders: customProvidersOf(custom, answerOf(providers)),
    troubles: [
      ...[root, account, providers, sections].flatMap(troubleOf),
      ...(isUnknownCall(custom) ? [] : troubleOf(custom)),
      ...unreadOf(answerOf(sections)),
    ],
  };
}

function answerOf<T>(called: Called<T>): T | null {
  return called.ok ? called.value : null;
}

function troubleOf(called: Called<unknown>): readonly Trouble[] {
  return called.ok ? [] : [called.trouble];
}

/** A PMS from before custom providers has none. */
function isUnknownCall({ ok, status }: Called<unknown>): boolean {
  return !ok && status !== null && UNKNOWN_CALL.includes(status);
}

/** By the call that lists them, and by the list of all providers, where some name a URL. null: PMS did not say. */
function customProvidersOf(
  custom: Called<readonly Provider[]>,
  all: readonly Provider[] | null,
): readonly CustomProvider[] | null {
  const listed = custom.ok ? custom.value : isUnknownCall(custom) ? [] : null;
  const others = (all ?? []).filter(({ identifier }) => identifier.startsWith(CUSTOM_PROVIDER));
  if (listed === null && others.length === 0) return null;
  const byIdentifier = new Map([...others, ...(listed ?? [])].map((each) => [each.identifier, each]));
  return [...byIdentifier.values()].map(({ identifier, place, online }) => ({ identifier, place, online }));
}

/** null: PMS listed libraries, and none of them can be asked for. */
function librariesOf(list: SectionList | null): readonly Library[] | null {
  if (list === null || (list.sections.length === 0 && list.unread > 0)) return null;
  return list.sections.map(libraryOf);
}

function unreadOf(list: SectionList | null): readonly Trouble[] {
  const unread = list?.unread ?? 0;
  if (unread === 0) return [];
  const libraries = unread === 1 ? '1 library' : `${unread} libraries`;
  const message = `PMS lists ${libraries} without a number as its id (GET ${SECTIONS_CALLS[0]})`;
  return [{ call: SECTIONS_CALLS[0], code: 'NOT_UNDERSTOOD', message }];
}

/** Scanners that come with PMS; people give names to their own. */
const OWN_SCANNER = /^Plex [A-Z][\w ]{0,40}$/;

/** Without the folders themselves. */
function libraryOf({ id, type, agent, scanner, locations }: Section): Library {
  return {
    id,
    type,
    agent,
    scanner: OWN_SCANNER.test(scanner) ? scanner : 'other',
    needs: libraryNeed({ agent, type }),
    locations: locations.length,
  };
}
