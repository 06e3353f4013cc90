import { OUTCOME } from '../../../core/model/outcome.ts';
import type { Report } from '../../../core/model/report.ts';
import type { DnsQuestionSeen, FlowName } from '../../../core/model/traffic.ts';
import { connectionWords } from '../../../core/words/flows.ts';
import { list, section, type Section, type ViewOptions } from '../../blocks/blocks.ts';
import { clock, counted, times } from '../../blocks/times.ts';
import { NAME_SOURCE_WORDS, processWords, WATCHER_WORDS, withPort, type ReportedFlow } from './traffic.ts';

/** --verbose: one line for each connection that was seen, and for each DNS question. */

export function everyFlow({ traffic }: Report, options: ViewOptions): readonly Section[] {
  return lines('Every connection that was seen', (traffic?.flows ?? []).map(flowWords), options);
}

export function everyQuestion({ traffic }: Report, options: ViewOptions): readonly Section[] {
  return lines('Every DNS question that was seen', (traffic?.questions ?? []).map(questionWords), options);
}

function lines(title: string, each: readonly string[], { verbose }: ViewOptions): readonly Section[] {
  return verbose ? section({ title, place: 'folded', blocks: list(each.map((line) => ({ text: line }))) }) : [];
}

/** `metadata.provider.plex.tv (SNI, DNS)`; several names that are equally sure are all listed. */
function namesWords(names: readonly FlowName[]): string {
  const sources = new Map<string, string[]>();
  for (const { name, source, outer } of names) {
    const word = NAME_SOURCE_WORDS[source] + (outer ? ', outer name only' : '');
    sources.set(name, [...(sources.get(name) ?? []), word]);
  }
  return [...sources].map(([name, words]) => `${name} (${[...new Set(words)].join(', ')})`).join(' or ');
}

function flowWords(flow: ReportedFlow): string {
  const { address, port, targetPort, protocol, transport, names, route, outcome, code, status, endpoint } = flow;
  const place = address === null ? null : withPort(address, port);
  const name = names.length === 0 ? 'no name' : namesWords(names);
  const end = outcome !== null && route === 'proxy' ? OUTCOME[outcome].words : connectionWords(outcome);
  const detail = [status === null ? '' : String(status), code ?? ''].filter((word) => word !== '').join(' ');
  return [
    `${flow.firstAt === null ? '' : `${clock(flow.firstAt)} `}${processWords(flow.process, flow.pid, flow.client)}`,
    `${protocol ?? transport}${protocol === 'quic' || transport === 'tcp' ? '' : '/udp'} ${route === 'proxy' ? 'via proxy' : route}`,
    `${name}${targetPort === null || targetPort === 443 ? '' : ` port ${targetPort}`}`,
    ...(place === null ? [] : [`to ${place}`]),
    `${end}${detail === '' ? '' : ` (${detail})`}`,
    `${times(flow.count)}${flow.tries === flow.count ? '' : `, ${counted(flow.tries, 'try', 'tries')}`}`,
    `seen by ${flow.seenBy.map((kind) => WATCHER_WORDS[kind]).join(', ')}${attributionWords(flow.attribution)}`,
    ...(endpoint === null ? [] : [endpoint]),
    ...(flow.bypass ? ['BYPASS'] : []),
  ].join(' · ');
}

/** How the flow's owner was inferred; nothing where it was seen. */
function attributionWords(attribution: ReportedFlow['attribution']): string {
  switch (attribution) {
    case 'dns':
      return ', process by its DNS question';
    case 'elimination':
      return ', process by elimination';
    case 'network':
      return ', of PMS by its network';
    case 'trace':
    case 'socket':
    case null:
      return '';
  }
}

function questionWords(question: DnsQuestionSeen): string {
  const { firstAt, process, pid, client, server, name, type, result, addresses, count } = question;
  const answer = addresses.length === 0 ? result : `${result}: ${addresses.join(', ')}`;
  return `${firstAt === null ? '' : `${clock(firstAt)} `}${processWords(process, pid, client)} · ${type} ${name} · ${answer} · from ${server} · ${times(count)}`;
}
