/** The console's connection to the desk: one HTTP client, with the session's CSRF token. */

import { Http } from "@frontdesk/shared";

let csrfToken = "";
let signedOut: () => void = () => undefined;

export const http = new Http({
  headers: (unsafe): Record<string, string> => (unsafe && csrfToken ? { "X-CSRF-Token": csrfToken } : {}),
  onSignedOut: () => {
    signedOut();
  },
});


export function setCsrfToken(token: string): void {
  csrfToken = token;
}

/** What to do when the session has ended elsewhere. */
export function whenSignedOut(listener: () => void): void {
  signedOut = listener;
}
