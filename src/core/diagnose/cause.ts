import type { CauseId } from '../model/cause-ids.ts';
import type { Experiment } from '../model/experiment.ts';
import type { Service } from '../words/service.ts';
import { sayFrom, type Messages, type Placeholders, type Say } from '../words/message.ts';
import type { SeenAttempt } from './attempts.ts';
import type { Judgement } from './judgement.ts';
import type { ProbeScene } from './probe-scene.ts';
import type { SeenScene } from './seen-scene.ts';

/** The same where PMS was asked to scan. */
export interface ExperimentScene extends SeenScene {
  readonly experiment: Experiment;
}

/** Why a kind of evidence never says anything about a cause. */
export interface NeverSaid {
  readonly never: string;
}

interface CauseWords<Remedy extends string> {
  readonly id: CauseId;
  /** The lower the earlier among causes that are equally sure: what hurts most often, and is fixed most simply, comes first. */
  readonly rank: number;
  readonly title: string;
  readonly why: string;
  /** How sure it is by which evidence, for people. */
  readonly judgedBy: string;
  /** The advice; `{hosts}` stands for the endpoints concerned, `{settings}` for the place where PMS gets its environment. */
  readonly remedy: Remedy;
  /** The advice where a policy wants direct connections blocked, if the other one would open them. */
  readonly remedyInside?: Remedy;
  /** Where this statement is among the reasons of a cause that is merely possible: what it is called then, and how to decide it. */
  readonly decide?: { readonly when: string; readonly title: string; readonly text: Remedy };
  /** The commands for it, where they are known. */
  readonly commands?: (service: Service) => readonly string[];
  /** Checks whose warnings and failures say more about it: their texts join the evidence of a cause that stands. */
  readonly explainedBy?: readonly string[];
  /** PMS keeps this state since it last asked this host: whether the way there works by now decides what is left to do. */
  readonly keptSinceAsking?: string;
  /** Seen at work, it is not proven to stop a scan, so that the condition does not follow from it. */
  readonly harmUnproven?: boolean;
}

export interface CauseDefinition<M extends Messages, Remedy extends string> extends CauseWords<Remedy> {
  readonly messages: M;
  /** The judgement by settings and probes. */
  fromProbes(scene: ProbeScene, say: Say<M>): Judgement;
  /** The judgement by PMS's traffic, logs and answers; null: they say nothing about this cause. */
  readonly fromSeen: ((scene: SeenScene, say: Say<M>) => Judgement | null) | NeverSaid;
  /** Whether this cause could have stopped an attempt that failed; what is not known of the attempt speaks for it. */
  couldStop(attempt: SeenAttempt, scene: SeenScene): boolean;
  /** The judgement by the requested scans; null: they say nothing about this cause. */
  readonly fromExperiment: ((scene: ExperimentScene, say: Say<M>) => Judgement | null) | NeverSaid;
}

/** A cause of the scan condition with its type parameters erased: what the diagnosis, the index and the documentation handle. */
export interface ScanCause extends Required<Omit<CauseWords<string>, 'keptSinceAsking' | 'decide'>> {
  readonly keptSinceAsking: string | null;
  readonly decide: CauseWords<string>['decide'] | null;
  readonly messages: Messages;
  /** Why what was seen, or an experiment, never says anything about it. */
  readonly limits: readonly string[];
  couldStop(attempt: SeenAttempt, scene: SeenScene): boolean;
  fromProbes(scene: ProbeScene): Judgement;
  fromSeen(scene: SeenScene): Judgement | null;
  fromExperiment(scene: ExperimentScene): Judgement | null;
}

/** Nothing else may stand in a remedy, because nothing else is known for every judgement. */
type RemedyOf<Remedy extends string> = [Placeholders<Remedy>] extends ['hosts' | 'settings'] ? Remedy : never;

/**
 * Defines a cause: its words, and one judgement for each kind of evidence. An unknown message id, a missing argument, a judgement that is
 * left out without a reason and an id that is not the name of a file here are compile errors.
 */
export function defineCause<const M extends Messages, const Remedy extends string>(
  definition: CauseDefinition<M, Remedy> & {
    readonly remedy: RemedyOf<Remedy>;
    readonly remedyInside?: RemedyOf<Remedy>;
  },
): ScanCause {
  const { fromSeen, fromExperiment, explainedBy = [], keptSinceAsking = null, harmUnproven = false } = definition;
  const { remedy, remedyInside = remedy, commands = () => [], decide = null } = definition;
  const say = sayFrom(definition.messages);
  return {
    ...definition,
    explainedBy,
    keptSinceAsking,
    decide,
    harmUnproven,
    remedyInside,
    commands,
    limits: [fromSeen, fromExperiment].flatMap((judged) => ('never' in judged ? [judged.never] : [])),
    fromProbes: (scene) => definition.fromProbes(scene, say),
    fromSeen: (scene) => ('never' in fromSeen ? null : fromSeen(scene, say)),
    fromExperiment: (scene) => ('never' in fromExperiment ? null : fromExperiment(scene, say)),
  };
}

export function byRank(causes: readonly ScanCause[]): readonly ScanCause[] {
  return causes.toSorted((a, b) => a.rank - b.rank);
}
