/** Ready-made things to send from a phone. The people and places are made up. */

import type { Action } from "./play.ts";

export const PIN: Action = { type: "location", latitude: 51.4486, longitude: -2.5983 };

export const PLACE: Action = {
  type: "location",
  latitude: 51.4492,
  longitude: -2.6014,
  name: "Harbour Square",
  address: "Anchor Road, Bristol",
};

export const CARD: Action = {
  type: "contacts",
  contacts: [
    {
      name: { formatted_name: "Maya Lind", first_name: "Maya", last_name: "Lind" },
      phones: [{ phone: "+44 7700 900 311", type: "CELL", wa_id: "447700900311" }],
      emails: [{ email: "maya@lind.example", type: "HOME" }],
      org: { company: "Lind Couriers" },
    },
  ],
};

/** Names for phones that are added without one. */
export const NAMES = ["Nora Finch", "Aoife Byrne", "Priya Raman", "Teo Marsh", "Lena Vogt", "Omar Haddad", "Ines Costa", "Sam Okoro"];
