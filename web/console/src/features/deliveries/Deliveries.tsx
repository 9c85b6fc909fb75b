/** Deliveries. */

import type { ReactNode } from "react";

export function Deliveries(): ReactNode {
  return <main id="main" />;
}
