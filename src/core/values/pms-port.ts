/** PMS serves its API here (Plex support article 201543147), and calls itself here over plain HTTP (article 200430283). */
export const PMS_PORT = 32_400;

/** The place where PMS, its scanner and its plug-ins call PMS itself. */
export const PMS_ON_LOOPBACK = `127.0.0.1:${PMS_PORT}` as const;
