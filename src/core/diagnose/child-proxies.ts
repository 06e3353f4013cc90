import { valueOf } from '../model/evidence.ts';
import { type AttemptRecord, type ChildProxyProbe } from '../model/probe-records.ts';
import { SCANNER } from '../model/experiment.ts';
import { OUTCOME } from '../model/outcome.ts';
import type { Statement } from '../model/statement.ts';
import { sayCommon } from '../words/common.ts';
import type { Judgement } from './judgement.ts';
import type { ProbeScene } from './probe-scene.ts';

/**
 * The judgement by the proxies that children of PMS were given for themselves; null: none of them shows it. The scanner decides whether a scan
 * works; other children may need nothing for it.
 */
export function judgeChildProxies(
  { facts, ways }: Pick<ProbeScene, 'facts' | 'ways'>,
  shows: (attempt: AttemptRecord) => boolean,
): Judgement | null {
  const shown = (valueOf(facts.childProxies) ?? []).flatMap((child) => {
    const attempt = child.attempts.find(shows);
    return attempt === undefined ? [] : [{ child, attempt }];
  });
  if (shown.length === 0) return null;
  const isScanner = shown.some(({ child }) => child.program?.startsWith(SCANNER) === true);
  return {
    state: isScanner ? 'confirmed' : 'possible',
    because: shown.map(({ child, attempt }) => describe(child, attempt)),
    hosts: ways.map(({ result }) => result.host),
  };
}

function describe({ program, pid, url }: ChildProxyProbe, { outcome, code }: AttemptRecord): Statement {
  return sayCommon('own-proxy', {
    process: program ?? 'a child of PMS',
    pid,
    proxy: url,
    outcome: OUTCOME[outcome].words,
    code,
  });
}
