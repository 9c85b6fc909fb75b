/** Providers around the router. */

import { createTheme, MantineProvider } from "@mantine/core";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { Toasts } from "~/ui/toasts.tsx";
import { queryClient } from "./client.ts";
import { router } from "./router.tsx";
import { useTheme } from "./theme.ts";

const theme = createTheme({ fontFamily: "var(--font)", respectReducedMotion: true, focusRing: "never" });

/** Mantine's variables and classes come from static style sheets, so that the page allows no inline ones. */
export function App(): ReactNode {
  const { shown } = useTheme();
  return (
    <MantineProvider theme={theme} forceColorScheme={shown} withCssVariables={false} withGlobalClasses={false}>
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router} />
        <Toasts />
      </QueryClientProvider>
    </MantineProvider>
  );
}
