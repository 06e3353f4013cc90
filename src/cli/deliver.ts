import { parsePolicyFile, POLICY_FILE_LIMIT_BYTES } from '../catalog/index.ts';
import type { Judgement } from '../core/build-report.ts';
import type { Endpoint } from '../core/endpoint.ts';
import { valueOf, type Evidence } from '../core/evidence.ts';
import { decidedOf } from '../core/derive.ts';
import { printableEvidence } from '../core/printable.ts';
import { exceptionsOf, recordDecisions, recordWhole } from '../core/recorded.ts';
import { renderers } from '../report/index.ts';
import { sanitizeEvidence, sanitizeReport } from '../sanitize/documents.ts';
import type { Seeds } from '../sanitize/sanitizer.ts';
import { NO_LOCAL_NAMES, seedsFrom } from '../sanitize/seeds.ts';

import { withPseudonyms, withStandIns } from '../sanitize/stand-ins.ts';
import { UsageError } from './errors.ts';
import { loadEvidence } from './evidence-file.ts';
import { checkWritable, readInput, writeOutput } from './files.ts';
import { loadEndpoints, type GatheredEvidence } from './gather.ts';
import { onInterrupt } from './interrupt.ts';
import { judge } from './judge.ts';
import { localNames } from './local-names.ts';
import type { RunOptions } from './options.ts';
import { lookOf, print } from './terminal.ts';

/**
 * Runs a command that ends with a report: refuses paths that could not be written to, gathers (or loads `--from-evidence`), judges, and
 * lets out what may leave the machine. Resolves with the exit code.
 */
export async function reportOn(
  options: RunOptions,
  gather: (signal: AbortSignal) => Promise<GatheredEvidence>,
): Promise<number> {
  if (options.output !== null) await checkWritable('output', options.output);
  if (options.saveEvidence !== null) await checkWritable('save-evidence', options.saveEvidence);
  const policy = options.expect === null ? null : await loadPolicy(options.expect, options);
  const interruption = onInterrupt();
  try {
    const evidence =
      options.fromEvidence === null
        ? printed(await gather(interruption.signal))
        : printableEvidence(await loadEvidence(options.fromEvidence));
    return await deliver(evidence, policy, options);
  } finally {
    interruption.dispose();
  }
}

/** Gathered evidence without control characters, still judged by the variables as they are. */
function printed({ evidence, variables }: GatheredEvidence): Evidence {
  const plain = printableEvidence(evidence);
  return variables === null ? plain : recordWhole(plain, variables.reveal());
}

/** Sanitized evidence that is judged like the evidence itself, although pseudonyms stand where names decided. */
function sanitizedEvidence(evidence: Evidence, seeds: Seeds): Evidence {
  const { document } = sanitizeEvidence(recordDecisions(evidence, []), seeds);
  const exceptions = exceptionsOf(decidedOf(evidence), decidedOf(withStandIns(document)));
  return exceptions.length === 0 ? document : sanitizeEvidence(recordDecisions(evidence, exceptions), seeds).document;
}

/** Judges the evidence and lets out what may leave the machine. */
async function deliver(evidence: Evidence, policy: Judgement['policy'], options: RunOptions): Promise<number> {
  const full = judge(evidence, policy);
  // Saved evidence of another machine has been sanitized there, with that machine's names.
  const local = options.fromEvidence === null ? await localNames() : NO_LOCAL_NAMES;
  const seeds = seedsFrom(evidence, local);
  if (options.saveEvidence !== null) {
    const saved = options.raw ? evidence : sanitizedEvidence(evidence, seeds);
    await writeOutput('save-evidence', options.saveEvidence, `${JSON.stringify(saved, null, 1)}\n`);
  }
  const shown = options.raw ? withPseudonyms(full) : sanitizeReport(full, seeds).document;
  const plain =
    options.output === null ? lookOf(process.stdout, process.env) : { width: 100, colour: false, unicode: true };
  const text = renderers[options.format](shown, { ...plain, verbose: options.verbose });
  if (options.output === null) await print(text);
  else await writeOutput('output', options.output, text);
  return full.summary.exitCode;
}

async function loadPolicy(path: string, options: RunOptions): Promise<Judgement['policy']> {
  const text = await readInput('expect', path, POLICY_FILE_LIMIT_BYTES);
  const endpoints: readonly Endpoint[] =
    options.fromEvidence === null
      ? await loadEndpoints({ ...options, only: [] })
      : (valueOf((await loadEvidence(options.fromEvidence)).items.endpoints) ?? []);
  const result = parsePolicyFile(text, path, endpoints);
  if (!result.ok) throw new UsageError(result.problems.join('\n'));
  return { name: path, policy: result.policy };
}
