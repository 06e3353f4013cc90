import type { Argv } from 'yargs';
import { endpointSchema } from '../../core/model/endpoint.ts';
import { loadEndpoints } from '../../app/endpoints.ts';
import { renderEndpoints } from '../../report/catalogue.ts';
import { EXIT } from '../../core/verdict/verdict.ts';
import type { CommandHelp, OptionTable } from '../help/model.ts';
import type { Context } from './context.ts';

const FORMATS = ['text', 'json', 'markdown', 'csv'] as const;

const OWN = {
  format: {
    type: 'string',
    group: 'Options of endpoints',
    value: 'FORMAT',
    choices: FORMATS,
    defaultDescription: 'text',
    describe: 'format of the list',
  },
  endpoints: {
    type: 'string',
    group: 'Options of endpoints',
    value: 'FILE',
    requiresArg: true,
    describe: 'YAML file that adds, changes or removes endpoints',
  },
  only: {
    type: 'string',
    group: 'Options of endpoints',
    value: 'ID…',
    array: true,
    requiresArg: true,
    describe: 'only these endpoints (id or host)',
  },
  raw: { type: 'boolean', group: 'Options of endpoints', describe: 'keep the names of a file of your own' },
  verbose: { type: 'boolean', group: 'Options of endpoints', describe: 'add source and probe of each endpoint' },
} as const satisfies OptionTable;

export const ENDPOINTS = {
  name: 'endpoints',
  takes: '',
  summary: 'list the endpoints that PMS contacts: host, purpose, need, source',
  words: [],
  own: OWN,
  shared: {},
  examples: [
    ['endpoints', 'what to allow'],
    ['endpoints --format csv > endpoints.csv', 'for a spreadsheet or a script'],
  ],
} as const satisfies CommandHelp;

/** `endpoints`: the catalogue, which is the answer to "what must I allow". */
export function addEndpoints(yargs: Argv, { terminal, exit }: Context): Argv {
  return yargs.command(
    ENDPOINTS.name,
    ENDPOINTS.summary,
    (args) => args.options(OWN),
    async ({ format = 'text', verbose = false, endpoints = null, only = [] }) => {
      const list = (await loadEndpoints({ endpoints, only })).map((each) => terminal.net.value(endpointSchema, each));
      await terminal.print(renderEndpoints(list, format, { ...terminal.look, verbose }));
      exit(EXIT.ok);
    },
  );
}
