/** Inbox. */

import type { ReactNode } from "react";

export function Inbox(): ReactNode {
  return <main id="main" />;
}
