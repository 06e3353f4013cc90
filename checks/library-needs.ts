import { defineCheck } from '../src/core/check.ts';
import { needFor, needsNoEndpoint, type Library } from '../src/core/model/pms-status.ts';
import { nameList, pmsWays, usableByPms } from '../src/core/judge/pms-way.ts';

export default defineCheck({
  id: 'library-needs',
  title: 'A library needs an endpoint that PMS cannot use',
  why: 'The agent of a library decides which endpoints a scan needs: modern agents ask the metadata provider, legacy agents go out through plug-ins, and the agent "none" needs no endpoint.',
  remedy: 'Make {hosts} usable for PMS; until then, a library with the agent "none" scans without them.',
  severity: 'medium',
  needs: ['pmsStatus', 'results', 'routing'],
  supersededBy: ['needed-endpoint-unreachable'],
  messages: {
    unusable: 'Library {id} ({type}, {agent}) needs {hosts}, which PMS cannot use.',
    undecided: 'Could not determine whether PMS can use the endpoints that its libraries need: {hosts}.',
    nobody: 'No library needs an endpoint for a scan: every agent is "none".',
    untold: 'PMS did not list its libraries.',
    empty: 'This PMS has no libraries.',
    usable: 'PMS can use the endpoints that its libraries need for a scan: {hosts}.',
  },
  evaluate({ pmsStatus: { sections }, results, routing }, say) {
    if (sections === null) return say('not-applicable', 'untold', {});
    if (sections.length === 0) return say('not-applicable', 'empty', {});
    if (needsNoEndpoint(sections)) return say('pass', 'nobody', {});
    const ways = pmsWays(results, routing);
    const neededBy = (library: Library) => ways.filter((way) => needFor(way.endpoint, [library]) === 'scan');
    // One library of a kind stands for all: their needs are the same.
    const kinds = [...new Map(sections.map((library) => [`${library.type} ${library.agent}`, library])).values()];
    const troubled = kinds.flatMap((library) => {
      const hosts = neededBy(library).filter((way) => usableByPms(way) === 'unusable');
      const { id, type, agent } = library;
      const names = nameList(hosts.map(({ result }) => result.host));
      return hosts.length === 0 ? [] : [say('warn', 'unusable', { id, type, agent, hosts: names })];
    });
    if (troubled.length > 0) return troubled;
    const needed = ways.filter((way) => needFor(way.endpoint, sections) === 'scan');
    const open = needed.filter((way) => usableByPms(way) === 'undecided');
    const hosts = nameList((open.length > 0 ? open : needed).map(({ result }) => result.host));
    return open.length > 0 || needed.length === 0
      ? say('not-applicable', 'undecided', { hosts: hosts || 'none of them was looked at' })
      : say('pass', 'usable', { hosts });
  },
});
