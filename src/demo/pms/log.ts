import { appendFileSync } from 'node:fs';

export type Level = 'ERROR' | 'WARN' | 'INFO' | 'DEBUG' | 'VERBOSE';
/** The numbers that `PUT /log` knows them by. */
export const LEVELS: readonly Level[] = ['ERROR', 'WARN', 'INFO', 'DEBUG', 'VERBOSE'];

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
/** Threads of PMS's musl builds have numbers of this kind. */
const FIRST_THREAD = 23_030_498_640_000;
/** A message from outside is one line of at most this length. */
const MESSAGE_LIMIT = 2_000;

/** Vendor and platform, where PMS names its own; `build` is the one that packages of Debian have. */
const PLATFORM = 'stand-in of pms-proxy-doctor, not Plex - build: linux-x86_64 debian';

/** A log file of PMS or of its scanner. Written at once, so that every reader sees the latest events. */
export class PmsLog {
  readonly #file: string;
  #threads = 0;
  #requests = 0;

  constructor(file: string) {
    this.#file = file;
  }

  /** The first line of a program that starts. */
  started(program: string, version: string): void {
    this.write('INFO', `${program} v${version} - ${PLATFORM} - GMT ${zone(new Date())}`);
  }

  /** Lines that belong together have the same thread. */
  thread(): string {
    this.#threads += 1;
    return String(FIRST_THREAD + (this.#threads % 1_000) * 8);
  }

  /** Each process numbers its requests. */
  requestNumber(): string {
    this.#requests += 1;
    return `HCl#${this.#requests.toString(16)}`;
  }

  write(level: Level, text: string, thread: string = String(FIRST_THREAD)): void {
    try {
      appendFileSync(this.#file, `${stamp(new Date())} [${thread}] ${level} - ${oneLine(text)}\n`);
    } catch (error) {
      // The stand-in has ended and its files are gone: its clients' results no longer matter.
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
    }
  }
}

function oneLine(text: string): string {
  return text.replace(/\p{Cc}+/gu, ' ').slice(0, MESSAGE_LIMIT);
}

/** Local time without its zone, which stands in the first line. */
function stamp(at: Date): string {
  const day = `${MONTHS[at.getMonth()]} ${digits(at.getDate())}, ${at.getFullYear()}`;
  const time = [at.getHours(), at.getMinutes(), at.getSeconds()].map((part) => digits(part)).join(':');
  return `${day} ${time}.${digits(at.getMilliseconds(), 3)}`;
}

function zone(at: Date): string {
  const minutes = -at.getTimezoneOffset();
  const size = Math.abs(minutes);
  return `${minutes < 0 ? '-' : ''}${digits(Math.floor(size / 60))}:${digits(size % 60)}`;
}

function digits(value: number, length = 2): string {
  return String(value).padStart(length, '0');
}
