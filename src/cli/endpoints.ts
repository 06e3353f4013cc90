import type { Argv } from 'yargs';
import { renderEndpoints } from '../report/endpoints.ts';
import { EXIT } from '../core/verdict.ts';
import { loadEndpoints } from './gather.ts';
import type { Exit } from './run.ts';
import { lookOf, print } from './terminal.ts';

const FORMATS = ['text', 'json', 'markdown', 'csv'] as const;

function endpointsOptions<T>(yargs: Argv<T>) {
  return yargs
    .option('format', { choices: FORMATS, default: 'text' as const, describe: 'form of the list' })
    .option('endpoints', {
      type: 'string',
      requiresArg: true,
      describe: 'YAML file that adds, changes or removes endpoints',
    })
    .option('verbose', { type: 'boolean', default: false, describe: 'add source and probe of each endpoint' })
    .option('only', { type: 'string', array: true, requiresArg: true, describe: 'only these endpoints (id or host)' });
}

/** `endpoints`: the catalogue, which is the answer to "what must I allow". */
export function addEndpoints(yargs: Argv, exit: Exit): Argv {
  return yargs.command(
    'endpoints',
    'list what PMS contacts: host, purpose, need, source',
    endpointsOptions,
    async ({ format, verbose, endpoints = null, only = [] }) => {
      const list = await loadEndpoints({ endpoints, only });
      await print(renderEndpoints(list, format, { ...lookOf(process.stdout, process.env), verbose }));
      exit(EXIT.ok);
    },
  );
}
