/** Settings. */

import type { ReactNode } from "react";

export function Settings(): ReactNode {
  return <main id="main" />;
}
