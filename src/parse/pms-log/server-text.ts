import { isDigit } from './bytes.ts';
import { readChild, readChildEnd } from './child-line.ts';
import { zoneOf, type Clock, type Stamp } from './clock.ts';
import type { ScanList, StateList } from './events.ts';
import { HttpLines } from './http-lines.ts';
import type { RequestTable } from './requests.ts';
import type { TextLine } from './text-line.ts';

const SPACE = 0x20;
const QUOTE = 0x22;
const APOSTROPHE = 0x27;
const SLASH = 0x2f;
const COLON = 0x3a;
const CLOSE_BRACKET = 0x5d;

const COMPLETED = Buffer.from('Completed: [');
const SECTIONS = Buffer.from('/library/sections/');
const MYPLEX = Buffer.from('MyPlex: ');
const MYPLEX_ERROR = Buffer.from('MyPlex: Error ');
const ACTIVITY = Buffer.from('Activity: ');
const JOB = Buffer.from('Job');
const PLEX = Buffer.from('Plex ');
const SCANNING_SECTION = Buffer.from('Scanning section ');
const NOT_INSIDE = Buffer.from("' was not inside any known section location");

/** `4/refresh?force=…` is looked at so far. */
const PATH_LIMIT_BYTES = 40;
/** Method and path of a request to PMS end within this, or it is not a refresh. */
const TAIL_LIMIT_BYTES = 80;

const RULE_COMPLETED = 'Completed: [address:port] status METHOD path';

export interface Sinks {
  readonly clock: Clock;
  readonly requests: RequestTable;
  readonly states: StateList;
  readonly scans: ScanList;
  readonly onStart: (program: string, version: string, at: Stamp) => void;
}

/** Understands the messages of PMS, its scanner and its tuner service. */
export class ServerText {
  readonly #to: Sinks;
  readonly #http: HttpLines;

  constructor(to: Sinks) {
    this.#to = to;
    this.#http = new HttpLines(to.requests, to.states);
  }

  /** Most lines are of no concern and leave by their first byte. Returns the rule that the line breaks, or null. */
  read(line: TextLine): string | null {
    switch (line.firstByte) {
      case 0x48 /* H */:
        return this.#http.readHttp(line);
      case 0x43 /* C */:
        return line.has(COMPLETED) ? this.#readCompleted(line) : null;
      case 0x45 /* E */:
        return this.#http.readCurlCode(line);
      case 0x4d /* M */:
        if (line.has(MYPLEX_ERROR)) return this.#http.readMyPlexError(line);
        if (line.has(MYPLEX)) this.#readMyPlexState(line);
        return null;
      default:
        this.#readEvent(line);
        return null;
    }
  }

  #readEvent(line: TextLine): void {
    switch (line.firstByte) {
      case 0x41 /* A */:
        if (line.has(ACTIVITY)) this.#readActivity(line);
        return;
      case 0x4a /* J */:
        if (line.has(JOB)) this.#readJob(line);
        return;
      case 0x50 /* P */:
        if (line.has(PLEX)) this.#readStart(line);
        return;
      case 0x53 /* S */:
        if (line.has(SCANNING_SECTION)) this.#readSection(line);
        return;
      case 0x63 /* c */:
      case 0x70 /* p */:
      case 0x77 /* w */:
        return this.#readProvider(line);
      case QUOTE:
      case SLASH:
        return this.#readJob(line);
      case APOSTROPHE:
        if (line.bytes.subarray(line.start, line.end).includes(NOT_INSIDE)) {
          line.isUnderstood = true;
          this.#to.scans.skippedPath(line.at);
        }
        return;
      default:
    }
  }

  #readMyPlexState(line: TextLine): void {
    const found =
      /^MyPlex: (?:async reachability check - current )?(mapping|sign-?in) state(?: set to|:) '([\w ()-]{1,60})'/i.exec(
        line.prose,
      );
    if (found?.[2] === undefined) return;
    line.isUnderstood = true;
    const kind = found[1]?.toLowerCase() === 'mapping' ? 'mapping' : 'sign-in';
    this.#to.states.note(kind, found[2], '', line.at);
  }

  /** `Completed: [address:port] 503 GET /library/sections/4/refresh …`; before 2017 the status stands at the end. */
  #readCompleted(line: TextLine): string | null {
    const { bytes, end } = line;
    const address = line.start + COMPLETED.length;
    let close = address;
    while (close < end && !(bytes[close] === CLOSE_BRACKET && bytes[close + 1] !== COLON)) close += 1;
    if (close === end) return line.whole ? RULE_COMPLETED : null;
    const method = isDigit(bytes[close + 2]) ? close + 6 : close + 2;
    let path = method;
    while (path < end && bytes[path] !== SPACE) path += 1;
    path += 1;
    if (!line.has(SECTIONS, path)) return null;
    const rest = line.slice(path + SECTIONS.length, path + SECTIONS.length + PATH_LIMIT_BYTES);
    const refresh = /^(?:(\d{1,9})\/|all\/)?refresh(?=[? ])/.exec(rest);
    // DELETE takes a scan back.
    if (!refresh || line.slice(method, path - 1) === 'DELETE') return null;
    const status = method === close + 6 ? line.slice(close + 2, close + 5) : statusAtEnd(line);
    if (status === null || !/^\d{3}$/.test(status)) return line.whole ? RULE_COMPLETED : null;
    line.isUnderstood = true;
    this.#to.scans.answered(refresh[1] ?? null, Number(status), clientOf(line.slice(address, close)), line.at);
    return null;
  }

  #readActivity(line: TextLine): void {
    const text = line.prose;
    const began = /^Activity: registered new activity ([\da-f-]{8,40}) - "?Scanning/i.exec(text);
    if (began?.[1] !== undefined) return this.#to.scans.activity(began[1], line.thread, line.at);
    const done =
      /^Activity: updated activity ([\da-f-]{8,40}) - completed 100(?:\.0)?%/i.exec(text) ??
      /^Activity: ended activity\b.{0,80}?\b([\da-f]{8}-[\da-f-]{4,31})/i.exec(text);
    if (done?.[1] !== undefined) this.#to.scans.activityEnded(done[1], line.at);
  }

  /** `Plex Media Server v1.41.3.9314-a0bfb8370 - … - build: … - GMT -06:00` */
  #readStart(line: TextLine): void {
    const text = line.prose;
    const found = /^(Plex(?: [A-Z][A-Za-z]{1,20}){1,4}) v(\d[\w.-]{2,60}) - /.exec(text);
    if (found?.[1] === undefined || found[2] === undefined) return;
    const zone = zoneOf(text);
    if (zone !== null) this.#to.clock.setZone(zone);
    this.#http.restarted();
    this.#to.states.restarted();
    this.#to.onStart(found[1], found[2], { localMs: line.at.localMs, zone: this.#to.clock.zone });
  }

  #readSection(line: TextLine): void {
    const found = /^Scanning section (\d{1,9})\b/.exec(line.prose);
    if (found?.[1] !== undefined) this.#to.scans.section(found[1], line.thread, line.at);
  }

  #readJob(line: TextLine): void {
    const text = line.prose;
    const ended = readChildEnd(text);
    if (ended) return this.#to.scans.childEnded(ended.command, ended.exitCode, line.at);
    const child = readChild(text);
    if (child) this.#to.scans.child(child.command, child.section, line.at);
  }

  #readProvider(line: TextLine): void {
    const text = line.prose;
    const online = /^we had \d{1,4} cloud providers online, we now have (\d{1,4})\b/.exec(text);
    if (online?.[1] !== undefined) return this.#to.states.note('providers', online[1], '', line.at);
    const provider = /^cloud provider \(([\w .:-]{1,60})\) (?:is|went|is now) (online|offline|unavailable)\b/.exec(
      text,
    );
    if (provider?.[1] !== undefined) {
      const state = provider[2] === 'online' ? 'online' : 'offline';
      return this.#to.states.note('provider', `${provider[1]} ${state}`, provider[1], line.at);
    }
    const mapped = /^provider (added to|removed from) map/.exec(text);
    const agent = mapped ? line.context : '';
    if (/^[a-z][\w.-]{3,80}$/.test(agent))
      this.#to.states.note(
        'provider-map',
        `${agent} ${mapped?.[1] === 'added to' ? 'added' : 'removed'}`,
        agent,
        line.at,
      );
  }
}

/** `… 51ms 174 bytes 304 (pipelined: 19)` */
function statusAtEnd(line: TextLine): string | null {
  const tail = line.slice(Math.max(line.start, line.end - TAIL_LIMIT_BYTES), line.end);
  return / bytes (\d{3})(?: \(pipelined: \d+\))?$/.exec(tail)?.[1] ?? null;
}

function clientOf(address: string): 'loopback' | 'other' {
  return /^(?:127\.|\[?::1\]?:\d|\[?::ffff:127\.)/i.test(address) ? 'loopback' : 'other';
}
