import type { PmsWarning } from '../../core/model/traffic.ts';

export type WarningLevel = PmsWarning['level'];

/** Levels above "info": as log files have them, and as Plex Web's console has them in the user's language. */
const LEVELS: Readonly<Record<WarningLevel, string>> = {
  warning:
    'warn warning warnung advertencia avertissement waarschuwing ostrzeżenie предупреждение 警告 avviso aviso varning advarsel varování figyelmeztetés uyarı 경고 попередження',
  error:
    'error critical fatal fehler erreur fout błąd ошибка 错误 錯誤 errore erro fel fejl feil chyba hiba hata エラー 오류 помилка kritisch crítico critique critico критическая 严重',
};

const BY_WORD: ReadonlyMap<string, WarningLevel> = new Map(
  (['warning', 'error'] as const).flatMap((level) => LEVELS[level].split(' ').map((word) => [word, level] as const)),
);

/** Nearly all lines have one of a few levels: each is decoded once. */
export class LevelReader {
  readonly #last = Buffer.alloc(64);
  #lastBytes = -1;
  #lastLevel: WarningLevel | null = null;

  read(bytes: Buffer, start: number, end: number): WarningLevel | null {
    if (!this.#isLast(bytes, start, end)) {
      this.#lastBytes = bytes.copy(this.#last, 0, start, end);
      this.#lastLevel = BY_WORD.get(bytes.toString('utf8', start, end).toLowerCase()) ?? null;
    }
    return this.#lastLevel;
  }

  #isLast(bytes: Buffer, start: number, end: number): boolean {
    if (end - start !== this.#lastBytes) return false;
    for (let i = 0; i < this.#lastBytes; i += 1) if (bytes[start + i] !== this.#last[i]) return false;
    return true;
  }
}
