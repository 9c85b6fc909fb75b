/** The simulated phones. */

import type { ReactNode } from "react";

export function Phones(): ReactNode {
  return <main id="main" />;
}
