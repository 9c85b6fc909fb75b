/** The query client: what is retried, and what happens when the session ends. */

import { Problem } from "@frontdesk/shared";
import { QueryClient } from "@tanstack/react-query";

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      gcTime: 30 * 60_000,
      refetchOnWindowFocus: false,
      networkMode: "always",
      retry: (failures, error) => failures < 2 && error instanceof Problem && error.transient,
      retryDelay: (failures) => Math.min(4000, 400 * 2 ** failures),
    },
    mutations: { networkMode: "always" },
  },
});
