import { parsePolicyFile, POLICY_FILE_LIMIT_BYTES } from '../catalog/index.ts';
import type { Judgement } from '../core/verdict/build-report.ts';
import type { Endpoint } from '../core/model/endpoint.ts';
import { valueOf, type Evidence } from '../core/model/evidence.ts';
import { decidedOf } from '../core/judge/settings/routing.ts';
import { printableEvidence } from '../core/model/printable-evidence.ts';
import { exceptionsOf, recordDecisions, recordWhole } from '../core/judge/settings/recorded.ts';
import type { Report } from '../core/model/report.ts';
import { FORMATS } from '../report/index.ts';
import { renderMarkdown } from '../report/markdown/report.ts';
import { suitesOf } from '../report/view/cases.ts';
import { DEFAULT_OPTIONS } from '../report/blocks/options.ts';
import { sanitizeEvidence, sanitizeReport } from '../sanitize/documents.ts';
import type { Seeds } from '../sanitize/values/seeds.ts';
import { NO_LOCAL_NAMES, seedsFrom } from '../sanitize/seeds-of-evidence.ts';

import { withPseudonyms, withStandIns } from '../sanitize/stand-ins.ts';
import { loadEndpoints } from './endpoints.ts';
import { announce, isOnGithub, type Announced } from './github.ts';
import type { GatheredEvidence } from './evidence-document.ts';
import { loadEvidence } from './evidence-file.ts';
import { readInput } from './files.ts';
import { ownWords } from './net.ts';
import { judge } from './judge.ts';
import { localNames } from './local-names.ts';
import { checkWritable, OutputError, writeOutput } from './output.ts';
import type { Run, RunOptions } from './run.ts';
import type { Terminal } from './terminal.ts';
import { UsageError } from './usage-error.ts';

/**
 * Runs a command that ends with a report: refuses paths that could not be written to, gathers (or loads `--from-evidence`), judges, and
 * writes the sanitized report. Resolves with the exit code.
 */
export async function reportOn(
  options: RunOptions,
  terminal: Terminal,
  gather: (run: Run) => Promise<GatheredEvidence>,
): Promise<number> {
  if (options.output !== null) await checkWritable('output', options.output);
  if (options.saveEvidence !== null) await checkWritable('save-evidence', options.saveEvidence);
  const policy = options.expect === null ? null : await loadPolicy(options.expect, options);
  return terminal.interruptible(async (signal) => {
    const evidence =
      options.fromEvidence === null
        ? printed(await gather({ options, terminal, signal }))
        : printableEvidence(await loadEvidence(options.fromEvidence));
    return deliver(evidence, policy, options, terminal);
  });
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

/** Judges the evidence and writes the sanitized report. */
async function deliver(
  evidence: Evidence,
  policy: Judgement['policy'],
  options: RunOptions,
  terminal: Terminal,
): Promise<number> {
  const full = judge(evidence, policy);
  // Saved evidence of another machine has been sanitized there, with that machine's names.
  const local = options.fromEvidence === null ? localNames(terminal.environment) : NO_LOCAL_NAMES;
  const seeds = seedsFrom(evidence, local, ownWords());
  const save = async (): Promise<void> => {
    if (options.saveEvidence === null) return;
    const saved = options.raw ? evidence : sanitizedEvidence(evidence, seeds);
    await writeOutput('save-evidence', options.saveEvidence, `${JSON.stringify(saved, null, 1)}\n`);
  };
  const shown = options.raw ? withPseudonyms(full) : sanitizeReport(full, seeds).document;
  const look = options.output === null ? terminal.look : DEFAULT_OPTIONS;
  const text = FORMATS[options.format].render(shown, { ...look, all: options.all, verbose: options.verbose });
  const write = (): Promise<void> =>
    options.output === null ? terminal.print(text) : writeOutput('output', options.output, text);
  await writeEach(save, write);
  if (isOnGithub(terminal.environment))
    await announce(announced(shown.run.sanitized ? shown : sanitizeReport(full, seeds).document), terminal);
  return full.summary.exitCode;
}

/** A failure of one must not cost the other: what was gathered may not be had again. */
async function writeEach(...writes: readonly (() => Promise<void>)[]): Promise<void> {
  const failures: string[] = [];
  for (const write of writes)
    await write().catch((error: unknown) => {
      if (!(error instanceof OutputError)) throw error;
      failures.push(error.message);
    });
  if (failures.length > 0) throw new OutputError(failures.join('\n'));
}

function announced(report: Report): Announced {
  return { suites: suitesOf(report), markdown: renderMarkdown(report) };
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
