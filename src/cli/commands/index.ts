import type { Argv } from 'yargs';
import type { CommandHelp } from '../help/model.ts';
import { addAllow, ALLOW } from './allow.ts';
import { addBridge, addBridgeInside, BRIDGE } from './bridge.ts';
import { addCheck, CHECK } from './check.ts';
import { addCompare, COMPARE } from './compare.ts';
import type { Context } from './context.ts';
import { addDemo, DEMO } from './demo.ts';
import { addEndpoints, ENDPOINTS } from './endpoints.ts';
import { addExplain, EXPLAIN } from './explain.ts';
import { addFix, FIX } from './fix.ts';
import { addCompletion, addHelp, COMPLETION, HELP } from './help.ts';
import { addObserve, OBSERVE } from './observe.ts';
import { addProber } from './prober.ts';
import { addRead, READ } from './read.ts';
import { addReproduce, REPRODUCE } from './reproduce.ts';
import { addSanitize, SANITIZE } from './sanitize.ts';

/** In the order of the help. */
export const COMMANDS: readonly CommandHelp[] = [
  CHECK,
  OBSERVE,
  REPRODUCE,
  READ,
  BRIDGE,
  FIX,
  COMPARE,
  ALLOW,
  SANITIZE,
  ENDPOINTS,
  EXPLAIN,
  DEMO,
  HELP,
  COMPLETION,
];

/** Runs where no command is given. */
export const MAIN: CommandHelp = CHECK;

export const ADDERS: readonly ((yargs: Argv, context: Context) => Argv)[] = [
  addCheck,
  addObserve,
  addReproduce,
  addRead,
  addBridge,
  addFix,
  addCompare,
  addAllow,
  addSanitize,
  addEndpoints,
  addExplain,
  addDemo,
  addHelp,
  addCompletion,
  addProber,
  addBridgeInside,
];
