import { randomOf, type Random } from '../../support/random.ts';
import {
  UNIT_FOLDERS,
  USUAL_FOLDERS,
  MANAGER_FOLDERS,
  PREFIXES,
  INSTANCES,
  DROP_INS,
  NAMES,
  PROXY_NAMES,
  BAD_NAMES,
  VALUES,
  SPECIFIERS,
  ESCAPES,
  RARE_ESCAPES,
  HEADERS,
  ODD_LINES,
} from './vocabulary.ts';

/** A file of a tree: its bytes, or where a symbolic link points, or a folder. */
export type TreeFile = Buffer | { readonly link: string } | 'folder';
export type Files = Map<string, TreeFile>;

/** The files of one service, and the name by which it is asked for. */
export interface Tree {
  readonly asked: string;
  readonly files: Files;
}

/** The input of one boot of systemd: its own configuration, what is meant for all services, and services with names of their own. */
export interface Forest {
  /** The environment that process 1 is started with, which `PassEnvironment=` passes on. */
  readonly manager: Readonly<Record<string, string>>;
  readonly common: Files;
  readonly trees: readonly Tree[];
}

/** Makes the trees of one seed; the same on every machine. */
class Grower {
  readonly #random: Random;
  readonly #id: string;
  #specifiers = SPECIFIERS;

  constructor(seed: number, id: string) {
    this.#random = randomOf(seed);
    this.#id = id;
  }

  #chance(percent: number): boolean {
    return this.#random.below(100) < percent;
  }
  #pick<T>(items: readonly T[]): T {
    const item = items[this.#random.below(items.length)];
    if (item === undefined) throw new RangeError('nothing to pick from');
    return item;
  }
  #many<T>(limit: number, make: () => T): readonly T[] {
    return Array.from({ length: this.#random.below(limit + 1) }, make);
  }

  tree(): Tree {
    const files: Files = new Map();
    const stem = `${this.#id}-${this.#pick(PREFIXES)}`;
    // systemd 252 crashes at %J in a unit whose name ends in a dash.
    this.#specifiers = SPECIFIERS.filter((each) => each !== '%J' || !stem.endsWith('-'));
    const isTemplate = this.#chance(25);
    const instance = this.#pick(INSTANCES);
    const name = isTemplate ? `${stem}@${instance}.service` : `${stem}.service`;
    const fragments = isTemplate ? [`${stem}@.service`, `${stem}@.service`, name] : [name];
    const alias = this.#chance(20) ? this.#alias(files, stem, name, isTemplate) : null;
    const asked = alias !== null && this.#chance(60) ? alias : name;
    // systemd fills in the name by which it came to the unit first, of which the files do not tell.
    if (alias !== null) this.#specifiers = this.#specifiers.filter((each) => !/[nNpPjJfd]/.test(each));
    for (let count = this.#chance(85) ? 1 : this.#random.below(3); count > 0; count -= 1)
      this.#put(files, `${this.#folder()}/${this.#pick(fragments)}`, this.#fragment());
    for (const directory of this.#many(4, () => this.#dropInFolder([name, ...fragments, ...(alias ? [alias] : [])])))
      for (const file of this.#many(2, () => this.#pick(DROP_INS)))
        this.#put(files, `${directory}/${file}`, this.#dropIn());
    for (const file of this.#environmentFiles()) this.#put(files, file, this.#environmentFile());
    return { asked, files };
  }

  /** `system.conf`, its drop-ins, and drop-ins for all services. */
  common(): Files {
    const files: Files = new Map();
    const manager = (): TreeFile =>
      bytesOf(['[Manager]', ...this.#many(3, () => this.#directive('DefaultEnvironment'))].join('\n'));
    if (this.#chance(70)) this.#put(files, '/etc/systemd/system.conf', manager());
    for (const folder of this.#many(2, () => this.#pick(MANAGER_FOLDERS)))
      this.#put(files, `${folder}/system.conf.d/${this.#pick(DROP_INS)}`, manager());
    for (const folder of this.#many(1, () => this.#folder()))
      this.#put(
        files,
        `${folder}/service.d/${this.#pick(DROP_INS)}`,
        bytesOf(`[Service]\n${this.#directive('Environment')}`),
      );
    return files;
  }

  #folder(): string {
    return this.#chance(80) ? this.#pick(USUAL_FOLDERS) : this.#pick(UNIT_FOLDERS);
  }

  /** The first one stays: no file stands in the way of a folder. */
  #put(files: Files, path: string, file: TreeFile): void {
    if (!files.has(path)) files.set(path, file);
  }

  #alias(files: Files, stem: string, name: string, isTemplate: boolean): string {
    const alias = isTemplate ? `${stem}-alias@.service` : `${stem}-alias.service`;
    const target = isTemplate ? `${stem}@.service` : name;
    const folder = this.#folder();
    const absolute = `${this.#folder()}/${target}`;
    files.set(`${folder}/${alias}`, { link: this.#pick([target, absolute, `./${target}`]) });
    return isTemplate ? name.replace(`${stem}@`, `${stem}-alias@`) : alias;
  }

  #fragment(): TreeFile {
    const kind = this.#random.below(100);
    if (kind < 4) return { link: '/dev/null' };
    if (kind < 7) return bytesOf('');
    if (kind < 9) return { link: `/opt/${this.#id}.service` };
    return bytesOf(this.#unitText());
  }

  #dropIn(): TreeFile {
    const kind = this.#random.below(100);
    if (kind < 5) return { link: '/dev/null' };
    if (kind < 8) return bytesOf('');
    if (kind < 9) return { link: '/nowhere' };
    if (kind < 10) return 'folder';
    return bytesOf(this.#unitText());
  }

  #dropInFolder(names: readonly string[]): string {
    const name = this.#pick(names);
    const [stem = '', rest = ''] = /^([^@]*)(.*)$/.exec(name.replace(/\.service$/, ''))?.slice(1) ?? [];
    const cuts = stem
      .split('-')
      .slice(1, -1)
      .map(
        (_, index) =>
          `${stem
            .split('-')
            .slice(0, index + 2)
            .join('-')}-`,
      );
    const cut = cuts.length > 0 && this.#chance(35) ? this.#pick(cuts) : stem;
    const instance = rest !== '' && this.#chance(30) ? '@' : rest;
    const wrong = this.#chance(6);
    return `${this.#folder()}/${cut}${wrong ? '' : `${instance}.service`}.d`;
  }

  #unitText(): string {
    const lines: string[] = [];
    if (this.#chance(4)) lines.push(this.#directive());
    if (this.#chance(60)) lines.push('[Unit]', 'Description=x');
    lines.push(this.#chance(95) ? '[Service]' : this.#pick(HEADERS));
    lines.push(...this.#many(6, () => this.#line()));
    const text = lines.join(this.#chance(6) ? '\r\n' : '\n');
    const mark = this.#chance(5) ? '\ufeff' : '';
    return `${mark}${text}${this.#chance(85) ? '\n' : this.#pick(['', '\\', '\\\n'])}`;
  }

  #line(): string {
    const kind = this.#random.below(100);
    if (kind < 4) return this.#pick(HEADERS);
    if (kind < 6) return '[Service]';
    if (kind < 12) return this.#pick(ODD_LINES);
    if (kind < 16)
      return `${this.#pick(['# ', '; ', ' #', '#\\\n', '# Environment=A=c \\\n'])}${this.#chance(50) ? 'x' : ''}`;
    if (kind < 17) return this.#pick(['', ' ', '\t', '\\', '\\\\']);
    if (kind < 18) return '\udcff';
    return this.#directive();
  }

  #directive(environment = 'Environment'): string {
    const key = this.#chance(65)
      ? environment
      : this.#pick(['EnvironmentFile', 'EnvironmentFile', 'PassEnvironment', 'UnsetEnvironment', 'ManagerEnvironment']);
    const equals = this.#pick(['=', '=', '=', '=', ' = ', '= ', '\t=']);
    const indent = this.#chance(5) ? ' ' : '';
    return `${indent}${key}${equals}${this.#chance(8) ? '' : this.#valueOf(key)}`;
  }

  #valueOf(key: string): string {
    switch (key) {
      case 'EnvironmentFile':
        return this.#filePattern();
      case 'PassEnvironment':
        return this.#words(() => this.#pick([...PROXY_NAMES, ...BAD_NAMES, '%p', 'P\\x41', '"no_proxy"']));
      case 'UnsetEnvironment':
        return this.#words(() =>
          this.#pick([...NAMES, 'A=1', 'B=2', 'http_proxy=http://127.0.0.1:3128', ...BAD_NAMES, '%%', '"A=1"']),
        );
      default:
        return this.#words(() => this.#assignment());
    }
  }

  #words(make: () => string): string {
    const words = [make(), ...this.#many(2, make)];
    return words.reduce(
      (text, word) =>
        text + this.#pick([' ', ' ', '  ', '\t', ' \\\n', '\\\n', ' \\\n# c\n', '\\\n ; Environment=A=c \\\n']) + word,
    );
  }

  #assignment(): string {
    const name = this.#chance(92) ? this.#pick(NAMES) : this.#pick(BAD_NAMES);
    const value = [this.#pick(VALUES), ...this.#many(2, () => this.#piece())].join('');
    switch (this.#random.below(8)) {
      case 0:
        return `"${name}=${value} x"`;
      case 1:
        return `'${name}=${value}'`;
      case 2:
        return `${name}="${value}"`;
      case 3:
        return `${name}='${value}`;
      default:
        return `${name}=${value}`;
    }
  }

  #piece(): string {
    const kind = this.#random.below(10);
    if (kind < 4) return this.#pick(this.#specifiers);
    if (kind < 7) return this.#pick(ESCAPES);
    if (kind < 8) return this.#pick(RARE_ESCAPES);
    return this.#pick(VALUES);
  }

  #environmentFiles(): readonly string[] {
    return this.#many(3, () =>
      this.#pick([
        `/etc/default/${this.#id}`,
        `/etc/default/${this.#id}-b`,
        `/etc/${this.#id}.d/a.env`,
        `/etc/${this.#id}.d/b.env`,
        `/etc/${this.#id}.d/.c.env`,
      ]),
    );
  }

  #filePattern(): string {
    const id = this.#id;
    return (
      (this.#chance(80) ? '-' : '') +
      this.#pick([
        `/etc/default/${id}`,
        `/etc/default/${id}`,
        `/etc/default/${id}-b`,
        `/etc/${id}.d/*.env`,
        `/etc/${id}.d/[ab].env`,
        `/etc/${id}.d/[!a].env`,
        `/etc/${id}.d/?.env`,
        `/etc/*/${id}`,
        `/etc/default/../default/${id}`,
        `/etc//default/./${id}`,
        `etc/default/${id}`,
        `"/etc/default/${id}"`,
        `/etc/default/${id} /etc/default/${id}-b`,
        '/etc/default/%p',
        '/etc/default/%z',
        `/etc/%%/${id}`,
        '/etc/nowhere',
        `/etc/default/\\\n${id}`,
        ` /etc/default/${id}`,
        `-/etc/default/${id}`,
      ])
    );
  }

  /** No comment ends in a backslash: the versions of systemd differ in whether that continues it. */
  #environmentFile(): TreeFile {
    if (this.#chance(3)) return { link: '/etc/nowhere' };
    const lines = this.#many(5, () => {
      switch (this.#random.below(14)) {
        case 0:
          return this.#pick(['# c', '; c', ' # c', '']);
        case 1:
          return this.#pick([
            'export A=1',
            'export http_proxy=1',
            'http-proxy=1',
            ' no_proxy =1',
            '1https_proxy=1',
            'A',
            '=1',
            'A =1',
            ' A=1',
            'A-B=1',
            '1=1',
            'é=1',
            'A\\',
            'B= ',
            '\ufeffA=1',
          ]);
        case 2:
          return `${this.#pick(NAMES)}="1 ${this.#pick(VALUES)}" '2'x`;
        case 3:
          return `${this.#pick(NAMES)}=1 \\\n 2`;
        case 4:
          return `${this.#pick(NAMES)}="${this.#pick([...ESCAPES, '\\$', '\\`', '\\a', '\n'])}"`;
        case 5:
          return `${this.#pick(NAMES)}='${this.#pick([...ESCAPES, '\n', '"'])}'`;
        case 6:
          return `${this.#pick(NAMES)}=${this.#pick(ESCAPES)} ${this.#pick(['', "'", '"x', ' # c', ' ; c'])}`;
        case 7:
          return this.#chance(20)
            ? `${this.#pick(NAMES)}=\udcff`
            : `${this.#pick(NAMES)}=%%${this.#pick(this.#specifiers)}`;
        default:
          return `${this.#pick(NAMES)}=${this.#pick(VALUES)}`;
      }
    });
    return bytesOf(lines.join(this.#chance(8) ? '\r\n' : '\n') + (this.#chance(80) ? '\n' : ''));
  }
}

/** UTF-8; U+DCFF, which UTF-8 cannot have, stands for the byte 0xFF. */
function bytesOf(text: string): Buffer {
  return Buffer.concat(
    text.split('\udcff').flatMap((part, index) => [...(index > 0 ? [Buffer.of(0xff)] : []), Buffer.from(part)]),
  );
}

export function growForest(seed: number, size: number): Forest {
  const own = new Grower(seed, 'm');
  return {
    manager: seed % 3 === 0 ? {} : { http_proxy: `http://manager:${seed}`, no_proxy: 'manager' },
    common: own.common(),
    trees: Array.from({ length: size }, (_, index) => new Grower(seed * 1_000_003 + index, `t${index}`).tree()),
  };
}
