import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { printable } from '../../src/parse/client-hello/hello.ts';
import { fragmented, framed, FRAMINGS, framingNames } from '../support/packets/capture-framings.ts';
import {
  mutate,
  packetOf,
  piecesOf,
  withClientPorts,
  type MisfortuneName,
  type Piece,
} from '../support/packets/capture-mutations.ts';
import { readCapture } from '../support/packets/capture-reading.ts';
import { FUZZ } from '../support/fuzz.ts';
import { helloNames } from '../support/packets/hello-names.ts';
import { pcapngSection, type PcapNgPacket } from '../support/packets/pcap-builder.ts';
import { randomOf } from '../support/random.ts';
import { RECORDED, recordedPath, type Recorded } from '../support/captures/recorded.ts';
import { SURPRISES } from '../support/packets/surprises/index.ts';

/**
 * The same captures read by tshark: no other program knows more protocols. Where it reads other names than we do, the tables here say why. It
 * gets the two settings that help it: segments in any order, and any port (its heuristics, which are on by default).
 */

const missing = tsharkMissing();
const directory = missing === null ? mkdtempSync(join(tmpdir(), 'tshark-')) : '';
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** Mutations of each recorded capture. */
const MUTATIONS = 12 * FUZZ;
const SEED = Number(process.env['PMS_DOCTOR_SEED'] ?? 1);
/** From here on, few numbers are registered for protocols, which would make tshark look for those first. */
const FIRST_CLIENT_PORT = 50_000;

/** Why tshark, where it may run unless the lab is required, is not asked. */
function tsharkMissing(): string | null {
  if (spawnSync('tshark', ['--version']).status === 0) return null;
  const reason = 'tshark is not installed';
  if (process.env['CI'] === 'true' || process.env['PMS_DOCTOR_LAB'] === 'required') throw new Error(reason);
  console.warn(`the comparison with tshark is skipped: ${reason}`);
  return reason;
}

interface Hello {
  readonly frame: number;
  readonly name: string;
}

/** The hellos that tshark finds, one or more of a frame; bytes that are not printable ASCII as we show them. */
function tsharkHellos(file: Uint8Array): readonly Hello[] {
  const path = join(directory, 'capture');
  writeFileSync(path, file);
  const fields = ['-e', 'frame.number', '-e', 'tls.handshake.extensions_server_name', '-E', 'aggregator=|'];
  const filter = ['-Y', 'tls.handshake.type == 1', '-T', 'fields', ...fields];
  const output = execFileSync('tshark', ['-r', path, '-o', 'tcp.reassemble_out_of_order:TRUE', ...filter], {
    stdio: ['ignore', 'pipe', 'ignore'],
    maxBuffer: 2 ** 26,
  });
  return output
    .toString('latin1')
    .split('\n')
    .flatMap((line) => {
      const [frame, names] = line.split('\t');
      if (names === undefined) return [];
      return names.split('|').map((name) => {
        const bytes = Buffer.from(name, 'latin1');
        return { frame: Number(frame), name: printable(bytes, 0, bytes.length) };
      });
    });
}

/** Different names, in the order of the alphabet. How often each one is there differs: tshark may show one hello in two frames. */
function distinct(names: readonly string[]): readonly string[] {
  return [...new Set(names)].toSorted();
}

function oursOf(file: Uint8Array): readonly string[] {
  return distinct(helloNames(readCapture(file).connections));
}

interface Difference {
  readonly tshark: readonly string[];
  readonly why: string;
}

const unseen = (why: string): Difference => ({ tshark: [], why });
const COMMAND = 'its reader of the protocol before TLS wants that protocol to the letter';

/** By the name of a surprise. */
const DIFFERENCES: Readonly<Record<string, Difference>> = {
  '1,000 bytes': { tshark: ['a'.repeat(1000)], why: 'we show the beginning of what is no name' },
  'UTF-8': { tshark: [String.raw`pl\xef\xbf\xbd\xef\xbf\xbdx.tv`], why: 'it shows U+FFFD for what is not ASCII' },
  NUL: { tshark: ['plex'], why: 'it ends the text at the NUL, which is there to deceive' },
  'bracketed IPv6': { tshark: ['[2001:db8::1]'], why: 'we show an address without its brackets' },
  'type 1 name': { tshark: ['other'], why: 'only names of type 0 are host names' },
  'two names': { tshark: ['app.plex.tv', 'plex.tv'], why: 'servers take the first' },
  'name and another type': { tshark: ['plex.tv', 'xyz'], why: 'only names of type 0 are host names' },
  'two server_name extensions': {
    tshark: ['app.plex.tv', 'plex.tv'],
    why: 'servers refuse such a hello; we show the first',
  },
  'list length lies': unseen('it stops at the wrong length'),
  'record version 3.4': unseen('it takes only versions that were ever written'),
  RDP: unseen(COMMAND),
  MySQL: unseen(COMMAND),
  'MySQL, one segment': unseen(COMMAND),
  IRC: unseen(COMMAND),
  'SMTP, one segment': unseen(COMMAND),
  'HTTP Upgrade': unseen(COMMAND),
  'PROXY 2': unseen(COMMAND),
  'CONNECT, one segment': unseen('it waits for the answer to CONNECT'),
  'port reuse without SYN': { tshark: ['a.plex.tv'], why: 'it takes the jump for lost segments' },
  'both ports the same': unseen('it cannot tell the two directions apart'),
  'QUIC, unknown version, then 1': unseen('it keeps to the version that came first'),
  'Exported PDU': { tshark: ['plex.tv'], why: 'what Wireshark exported from another capture has no packets' },
};

/** Recorded conversations that begin in plain text. */
const TALKS_BEFORE: ReadonlySet<string> = new Set([
  'curl-connect',
  'curl-socks4a',
  'curl-socks5',
  'openssl-ftp',
  'openssl-imap',
  'openssl-pop3',
  'openssl-smtp',
  'psql',
]);

/** Why tshark may find fewer names in this mutation; null: it has to find the same. */
function excuse(
  { file }: Recorded,
  { steps, pieces }: { readonly steps: readonly MisfortuneName[]; readonly pieces: readonly Piece[] },
): string | null {
  if (TALKS_BEFORE.has(file)) return `${COMMAND}: each command in one segment, in order, and answered`;
  if (steps.includes('oneSided')) return 'it waits for acknowledgments to put segments in order';
  if (steps.includes('overlap') && steps.includes('late')) {
    return 'it gives up where a late segment overlaps one that came before it';
  }
  const first = pieces.find(({ side, payload }) => side === 'client' && payload.length > 0);
  if (first && first.payload.length < 5)
    return 'it may take a first segment without a whole record header for another protocol';
  const isCutStart = steps.includes('midway') && steps.includes('split');
  return isCutStart ? 'without a SYN it may take a short first segment for another protocol' : null;
}

interface Mutation {
  readonly recorded: Recorded;
  readonly label: string;
  readonly excuse: string | null;
  readonly packets: readonly PcapNgPacket[];
}

const LINK_TYPES = [...new Set(Object.values(FRAMINGS).map(({ linkType }) => linkType))];

/** Mutations of one capture. `nextPort` and `nextId` keep those that share a file apart. */
function mutationsOf(recorded: Recorded, nextPort: () => number, nextId: () => number): readonly Mutation[] {
  const pieces = piecesOf(recordedPath(recorded));
  return Array.from({ length: MUTATIONS }, (_, i) => {
    const seed = SEED + i;
    const random = randomOf(seed * 1000 + recorded.file.length);
    const framing = framingNames()[random.below(framingNames().length)] ?? 'ethernet';
    const inFragments = random.below(4) === 0;
    const mutation = mutate(withClientPorts(pieces, nextPort), seed);
    const packets = mutation.pieces.flatMap((piece) => {
      const packet = packetOf(piece);
      return inFragments ? fragmented(packet, nextId(), random) : [packet];
    });
    return {
      recorded,
      label: `${recorded.file}, seed ${seed}: ${mutation.steps.join(' ')}, ${framing}${inFragments ? ', in fragments' : ''}`,
      excuse: excuse(recorded, mutation),
      packets: packets.map((packet) => ({
        bytes: framed(framing, packet),
        interface: LINK_TYPES.indexOf(FRAMINGS[framing]?.linkType ?? 1),
      })),
    };
  });
}

function fileOf(mutations: readonly Mutation[]): Uint8Array {
  const packets = mutations.flatMap((mutation) => mutation.packets);
  return pcapngSection(
    packets,
    LINK_TYPES.map((linkType) => ({ linkType })),
  );
}

/** The fault of the names that tshark found in a mutation, without the excused ones; null: there is none. */
function complaint({ recorded, label, excuse: excused }: Mutation, found: readonly string[]): string | null {
  const [ours, theirs] = [distinct(recorded.names), distinct(found)];
  const isExcused = excused !== null && theirs.every((name) => ours.includes(name));
  return isExcused || ours.join() === theirs.join() ? null : `${label}: ${ours.join()} here, ${theirs.join()} there`;
}

describe.skipIf(missing !== null)('names as tshark reads them', () => {
  it.each(RECORDED)('$file', (recorded) => {
    const file = fileOf([{ recorded, label: '', excuse: null, packets: framedPlainly(recorded) }]);
    const found = distinct(tsharkHellos(file).map(({ name }) => name));
    // Its reader of POP3 misses the STLS that has no text behind "+OK".
    expect(found).toEqual(recorded.file === 'openssl-pop3' ? [] : oursOf(file));
  });

  it.each(SURPRISES)('$name', ({ name, file }) => {
    const ours = oursOf(file).filter((one) => one !== '');
    const theirs = distinct(tsharkHellos(file).map((hello) => hello.name)).filter((one) => one !== '');
    expect(theirs).toEqual(DIFFERENCES[name]?.tshark ?? ours);
  });

  it('the differences are all of surprises that there are', () => {
    const names = SURPRISES.map(({ name }) => name);
    expect(Object.keys(DIFFERENCES).filter((name) => !names.includes(name))).toEqual([]);
  });

  it('in mutations of what was recorded over TCP', () => {
    let port = FIRST_CLIENT_PORT;
    let id = 0;
    const recorded = RECORDED.filter(({ file }) => file !== 'chromium-quic');
    const mutations = recorded.flatMap((one) =>
      mutationsOf(
        one,
        () => (port += 1),
        () => (id = (id + 1) & 0xffff),
      ),
    );
    const owners = mutations.flatMap((mutation) => mutation.packets.map(() => mutation));
    const found = new Map<Mutation, string[]>(mutations.map((mutation) => [mutation, []]));
    const file = fileOf(mutations);
    for (const { frame, name } of tsharkHellos(file)) {
      const owner = owners[frame - 1];
      if (owner) found.get(owner)?.push(name);
    }
    expect([...found].flatMap(([mutation, names]) => complaint(mutation, names) ?? [])).toEqual([]);
    expect(oursOf(file)).toEqual(distinct(recorded.flatMap(({ names }) => names)));
  });

  it('in mutations of what was recorded over QUIC', () => {
    const recorded = RECORDED.filter(({ file }) => file === 'chromium-quic');
    const mutations = recorded.flatMap((one) =>
      mutationsOf(
        one,
        () => FIRST_CLIENT_PORT,
        () => 7,
      ),
    );
    // One file for each: their connection ids are the same, and tshark knows connections by these.
    const complaints = mutations.map((mutation) => {
      const hellos = tsharkHellos(fileOf([mutation]));
      return complaint(
        mutation,
        hellos.map(({ name }) => name),
      );
    });
    expect(complaints.filter((one) => one !== null)).toEqual([]);
  });
});

function framedPlainly(recorded: Recorded): readonly PcapNgPacket[] {
  const at = LINK_TYPES.indexOf(FRAMINGS['ethernet']?.linkType ?? 1);
  return piecesOf(recordedPath(recorded)).map((piece) => ({
    bytes: framed('ethernet', packetOf(piece)),
    interface: at,
  }));
}
