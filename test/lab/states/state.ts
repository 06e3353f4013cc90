import type { CauseId } from '../../../src/core/model/cause-ids.ts';
import type { PmsStandInSettings } from '../../../src/demo/pms/config.ts';
import { proxyUrl, type Policy, type ResolverMode, type StandInSettings } from '../lab.ts';

/** A network state to judge the judgement by: what is set up, and what is true there, written down before it is played. */
export interface State {
  readonly name: string;
  readonly command: 'check' | 'observe' | 'reproduce' | 'read';
  /** Variables of PMS; default: a proxy that allows the whole catalogue. */
  readonly environment?: Environment;
  /** Variables of the shell that runs the tool. */
  readonly shell?: Environment;
  /** null: no PMS runs. */
  readonly pms?: StandInSettings | null;
  /** The time before the network is as `policy` and `resolver` say, from the start of PMS on. */
  readonly history?: History;
  /** Default: nothing gets out but through the proxy. */
  readonly policy?: Policy;
  readonly resolver?: ResolverMode;
  readonly internet?: Internet;
  /** Further lines of the PMS host's hosts file. */
  readonly hosts?: readonly string[];
  /** Lines of its resolv.conf. */
  readonly resolvConf?: readonly string[];
  /** Further configuration of its name server, which is dnsmasq. */
  readonly dnsmasq?: readonly string[];
  /** nftables rules for what it sends itself. */
  readonly rules?: readonly string[];
  /** Variables of a second PMS on that host, which serves nothing. */
  readonly another?: Environment;
  /** Another host asks this proxy for the metadata provider, just before PMS scans. */
  readonly neighbour?: string;
  /** `observe`: PMS is started anew while it is watched, before it scans. */
  readonly restartsMeanwhile?: boolean;
  /** Further options of the command. */
  readonly options?: readonly string[];
  /** The files that `read` gets; default: PMS's logs. */
  readonly files?: readonly ('pms-logs' | 'proxy-log')[];
  /** A scan of a library that needs the internet fails here, for want of the network. */
  readonly fails: boolean;
  /** Causes that are at work: only these may be confirmed, and none of them may be ruled out. All others are not at work. */
  readonly atWork: readonly CauseId[];
  /** Those of them that the evidence of this command proves. */
  readonly evident?: readonly CauseId[];
  /** Where the evidence decides it. */
  readonly exitCode?: 0 | 1 | 3;
}

export type Environment = Readonly<Record<string, string>>;

export interface History {
  /** The network while PMS starts. */
  readonly policy?: Policy;
  readonly resolver?: ResolverMode;
  /** The variables with which PMS starts at first; it is started anew with `environment` then. */
  readonly environment?: Environment;
  /** PMS is asked to scan its new music: in the network of before, and once more in that of now. */
  readonly scans?: 'then' | 'now' | 'then-and-now';
  readonly restarts?: boolean;
}

export interface Internet {
  readonly cut?: readonly string[];
  readonly stall?: readonly string[];
  readonly delayMs?: Readonly<Record<string, number>>;
  readonly certificate?: Readonly<Record<string, 'expired' | 'not-yet' | 'other-name'>>;
  readonly skewSeconds?: number;
}

export type Verdicts = Pick<State, 'fails' | 'atWork' | 'evident'>;

/** The part of a state that does not depend on the command. */
export type Setting = Omit<State, 'command'>;

export const METADATA = 'metadata.provider.plex.tv';
export const BYPASS = 'scanner-bypasses-proxy';

export const ISOLATED: Policy = { pms4: 'drop', pms6: 'drop' };
export const OPEN: Policy = {};

/** PMS keeps a sign-in and a provider from better times, so that a scan stands or falls with its scanner. */
export const KEPT: PmsStandInSettings = { signIn: 'ok', provider: 'online' };
export const IGNORING: PmsStandInSettings = { ...KEPT, matcher: 'ignores-proxy' };

export const fine: Verdicts = { fails: false, atWork: [] };

/** At work, and proven by the evidence of the command. */
export function by(...causes: readonly CauseId[]): Verdicts {
  return { fails: true, atWork: causes, evident: causes };
}

/** At work, and not provable by this command. */
export function perhaps(...causes: readonly CauseId[]): Verdicts {
  return { fails: true, atWork: causes };
}

/** Scans fail by something that is none of the causes. */
export const otherwise: Verdicts = { fails: true, atWork: [] };

export function through(proxy: string, noProxy = 'localhost,127.0.0.1'): Environment {
  return withProxy(proxyUrl(proxy), noProxy);
}

export function withProxy(url: string, noProxy = 'localhost,127.0.0.1'): Environment {
  return { http_proxy: url, https_proxy: url, no_proxy: noProxy };
}

/** The settings with what is common to them; `prefix` begins their names. */
export function under(common: Partial<Setting>, settings: readonly Setting[], prefix = ''): readonly Setting[] {
  return settings.map((setting) => ({ ...common, ...setting, name: `${prefix}${setting.name}` }));
}

export function playedBy(commands: readonly State['command'][], settings: readonly Setting[]): readonly State[] {
  return commands.flatMap((command) => settings.map((setting) => ({ ...setting, command })));
}
