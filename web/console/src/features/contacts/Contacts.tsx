/** Contacts. */

import type { ReactNode } from "react";

export function Contacts(): ReactNode {
  return <main id="main" />;
}
