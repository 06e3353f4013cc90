/** A word of a report, in lower case and as it is said elsewhere too, and its meaning. */
interface Word {
  readonly words: readonly [string, ...string[]];
  readonly meaning: string;
}

export const WORDS: readonly Word[] = [
  { words: ['✓'], meaning: 'works on the route that PMS takes' },
  { words: ['✗'], meaning: 'fails, and a scan needs it' },
  { words: ['!'], meaning: 'fails, and a feature needs it; or a warning' },
  { words: ['–'], meaning: 'fails, and PMS can do without it' },
  { words: ['?'], meaning: 'not decided' },
  {
    words: ['proxy only', 'proxy-only'],
    meaning: 'answers through the proxy and not directly, which is what most such networks intend',
  },
  { words: ['both routes', 'both'], meaning: 'answers directly and through the proxy' },
  { words: ['direct only', 'direct-only'], meaning: 'answers directly and not through the proxy' },
  { words: ['unreachable', 'neither'], meaning: 'answers on no route' },
  { words: ['blocked, not needed', 'not needed'], meaning: 'answers on no route, and PMS can do without it' },
  {
    words: ['PMS goes direct', 'goes direct', 'bypass'],
    meaning: 'works through the proxy, but PMS does not use the proxy for it: its settings say so, or it was seen',
  },
  {
    words: ['PMS goes both ways', 'both ways', 'bypassed at times'],
    meaning: 'seen through the proxy and around it: processes of PMS differ',
  },
  { words: ['via proxy'], meaning: 'seen through the proxy, and answered' },
  { words: ['direct'], meaning: 'seen around the proxy or without one, and connected' },
  { words: ['bypass, blocked', 'blocked'], meaning: 'seen around the proxy, where it gets no answer' },
  {
    words: ['failed at times', 'at times'],
    meaning: 'seen through the proxy, which let some requests through and not others',
  },
  { words: ['failed', 'failed, not needed'], meaning: 'seen, and answered on no route' },
  { words: ['denied', 'denied, not needed'], meaning: 'seen, and refused by the proxy' },
  { words: ['outcome not seen', 'no outcome'], meaning: 'the connection was seen, its end was not' },
  { words: ['undecided'], meaning: 'a route was not tried, so nothing follows' },
  {
    words: ['not watched', 'unwatched'],
    meaning: 'connections of PMS would not have been seen, so their absence proves nothing',
  },
  { words: ['not seen'], meaning: 'watched, and no connection was seen' },
  { words: ['never asked', 'not asked'], meaning: 'the proxy was watched and was not asked for it' },
  { words: ['needed to scan', 'scan'], meaning: 'PMS refuses or fails scans without it' },
  { words: ['for features', 'feature'], meaning: 'something that users notice fails without it, scans do not' },
  { words: ['optional'], meaning: 'PMS works without it' },
  { words: ['reproduced'], meaning: 'PMS refused or failed a scan for want of the network, seen in this run' },
  { words: ['would occur', 'would-occur'], meaning: 'it follows from what was probed, logged or seen' },
  {
    words: ['not found', 'not-found'],
    meaning:
      "a scan that fails: nothing of it was found; a cause: this tool's own requests met nothing of it, which is less than ruled out",
  },
  { words: ['unknown'], meaning: 'the evidence does not decide it' },
  { words: ['confirmed'], meaning: 'this cause was seen at work, or follows from what was probed' },
  { words: ['likely'], meaning: 'the evidence points to this cause; something else could look the same' },
  {
    words: ['possible'],
    meaning: 'nothing rules this cause out, and nothing proves it: decide it before you change anything',
  },
  { words: ['ruled out', 'ruled-out'], meaning: 'evidence about these very attempts excludes this cause' },
  { words: ['by elimination'], meaning: 'deduced: only this process was running that could have made the connection' },
  { words: ['by its dns question'], meaning: 'deduced: this process asked for the name just before' },
  { words: ['by its network'], meaning: 'deduced: the connection came out of the network of PMS' },
  {
    words: ['control'],
    meaning: 'a scan of a library that needs nothing from outside: it shows that scans work at all',
  },
  { words: ['pass'], meaning: 'this check looked, and all is as it should be' },
  { words: ['warn', 'warning'], meaning: 'this check found something that may do harm' },
  { words: ['fail'], meaning: 'this check found something wrong' },
  { words: ['not applicable', 'not-applicable'], meaning: 'this check has nothing to judge here' },
  { words: ['inconclusive'], meaning: 'this check lacks evidence: that is no pass' },
  { words: ['crashed'], meaning: 'this check ended by a bug of this tool: nothing follows from it' },
  { words: ['problems'], meaning: 'the run found something wrong: exit code 1' },
  { words: ['process', 'pid'], meaning: 'a source of settings: the environment of the running PMS' },
  { words: ['child'], meaning: 'a source of settings: the environment of a program that PMS started' },
  { words: ['unit'], meaning: 'a source of settings: the systemd unit of PMS and its drop-ins' },
  { words: ['default file', 'default-file'], meaning: 'a source of settings: /etc/default/plexmediaserver' },
  { words: ['container'], meaning: 'a source of settings: the environment of the container that PMS runs in' },
  { words: ['file'], meaning: 'a source of settings: a file that --env-from names' },
  { words: ['shell'], meaning: 'a source of settings: the environment that this tool was started in' },
  { words: ['option'], meaning: 'a source of settings: --proxy and --no-proxy' },
  { words: ['observed'], meaning: 'seen in this run; settings: read from the running process' },
  {
    words: ['declared'],
    meaning: 'settings that a unit, file or container would give PMS: a running process may still have older ones',
  },
  { words: ['asserted'], meaning: 'settings that the user named' },
  { words: ['assumed'], meaning: 'settings of this shell, because no better source was found: PMS may have others' },
  { words: ['configured'], meaning: 'follows from the settings; no connection was seen' },
];
