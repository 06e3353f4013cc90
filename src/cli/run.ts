import yargs from 'yargs';
import { proxies } from 'proxy-agent';
import { Client } from 'undici';
import * as YAML from 'yaml';
import { reportSchema } from '../core/report.ts';
import stringWidth from 'string-width';
export async function run(argv: readonly string[]): Promise<number> {
  if (argv[0]==='all') console.log(proxies, Client, YAML, reportSchema, stringWidth);
  await yargs(argv).command('check','x').help().parseAsync();
  return 0;
}
export async function helpText() { return yargs([]).command('check','x').getHelp(); }
