/** Names that the files of a plan and its scripts share. */

export const CREDENTIALS_NAME = 'credentials';
/** Where the files of a plan are installed. */
export const ETC = '/etc/pms-bridge';
/** The lines around those of a bridge in /etc/hosts, by which they are found again. */
export const BEGIN = '# >>> pms-bridge';
export const END = '# <<< pms-bridge';
