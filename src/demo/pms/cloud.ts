import type { ClientProgram } from './client.ts';
import type { PmsStandInConfig } from './config.ts';
import type { PmsLog } from './log.ts';
import type { Outgoing } from './outgoing.ts';

const FEATURES_URL = 'https://plex.tv/api/v2/features';
const UPDATES_URL = 'https://plex.tv/updater/products/5/check.json';
export const METADATA_URL = 'https://metadata.provider.plex.tv/';
/** Agents that exist only while the Metadata provider is online. */
const AGENTS = ['tv.plex.agents.movie', 'tv.plex.agents.series', 'tv.plex.agents.music'];

/** PMS's knowledge of its account and of the providers: the result of its last attempt, even if the network has changed since. */
export class Cloud {
  readonly #config: () => PmsStandInConfig;
  readonly #outgoing: Outgoing;
  readonly #client: ClientProgram;
  readonly #log: PmsLog;
  readonly #signal: AbortSignal;
  #signedIn = false;
  #providerOnline = false;

  constructor(options: {
    readonly config: () => PmsStandInConfig;
    readonly outgoing: Outgoing;
    readonly client: ClientProgram;
    readonly log: PmsLog;
    readonly signal: AbortSignal;
  }) {
    this.#config = options.config;
    this.#outgoing = options.outgoing;
    this.#client = options.client;
    this.#log = options.log;
    this.#signal = options.signal;
  }

  get signedIn(): boolean {
    return this.#signedIn;
  }

  get providerOnline(): boolean {
    return this.#providerOnline;
  }

  /** PMS's one-time requests at its start. */
  async start(): Promise<void> {
    await Promise.all([this.#signIn(), this.refreshProviders()]);
  }

  async refreshProviders(): Promise<void> {
    const { provider } = this.#config();
    this.#setProvider(provider === 'asks' ? await this.reachesProvider() : provider === 'online');
  }

  /** Whether PMS's own client gets an answer from the Metadata provider now. */
  async reachesProvider(): Promise<boolean> {
    return (await this.#get(METADATA_URL)).status !== null;
  }

  /** The light request that `PUT /updater/check` makes PMS send. */
  async checkForUpdates(): Promise<void> {
    await this.#get(UPDATES_URL);
  }

  async #signIn(): Promise<void> {
    this.#log.write('DEBUG', "MyPlex: mapping state set to 'Unknown'.");
    const { claimed, signIn } = this.#config();
    if (!claimed || signIn === 'none') return;
    this.#signedIn = signIn === 'ok' || (await this.#askForSignIn());
    if (this.#signedIn) this.#log.write('DEBUG', "MyPlex: mapping state set to 'Mapped - Publishing'.");
  }

  async #askForSignIn(): Promise<boolean> {
    const { status, curl } = await this.#get(FEATURES_URL);
    if (status !== null) return true;
    this.#log.write('ERROR', `MyPlex: Error -${curl} requesting JSON from: ${FEATURES_URL}`);
    return false;
  }

  #setProvider(online: boolean): void {
    if (online === this.#providerOnline) return;
    const [before, after] = online ? [0, 1] : [1, 0];
    const thread = this.#log.thread();
    const say = (text: string): void => this.#log.write('DEBUG', text, thread);
    this.#providerOnline = online;
    say(`[MediaProviderManager] we had ${before} cloud providers online, we now have ${after}`);
    if (online) say('[MediaProviderManager] cloud provider (Metadata) is online and available');
    for (const agent of AGENTS) say(`[${agent}] provider ${online ? 'added to' : 'removed from'} map`);
  }

  #get(url: string): ReturnType<Outgoing['get']> {
    return this.#outgoing.get(this.#client, url, { log: this.#log, signal: this.#signal });
  }
}
