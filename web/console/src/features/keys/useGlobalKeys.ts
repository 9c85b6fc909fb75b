/** Shortcuts that work on every page: going places, palette, help. */

import { useSuspenseQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { sessionQuery } from "~/app/queries.ts";
import { overlay, setOverlay } from "./help-store.ts";
import { useShortcuts } from "./keys.ts";

export function useGlobalKeys(): void {
  const navigate = useNavigate();
  const { data: session } = useSuspenseQuery(sessionQuery);
  const view = (name: string) => () => void navigate({ to: "/inbox/$view/{-$conversationId}", params: { view: name, conversationId: undefined }, search: {} });
  useShortcuts([
    { keys: "mod+k", label: "Search or go to", group: "Anywhere", inText: true, run: () => setOverlay(overlay() === "palette" ? null : "palette") },
    { keys: "/", label: "Search", group: "Anywhere", run: () => setOverlay("palette") },
    { keys: "?", label: "Keyboard shortcuts", group: "Anywhere", run: () => setOverlay("help") },
    { keys: "g i", label: "Inbox, all", group: "Go to", run: view("all") },
    { keys: "g m", label: "Mine", group: "Go to", run: view("mine") },
    { keys: "g u", label: "Unassigned", group: "Go to", run: view("unassigned") },
    { keys: "g z", label: "Snoozed", group: "Go to", run: view("snoozed") },
    { keys: "g c", label: "Contacts", group: "Go to", run: () => void navigate({ to: "/contacts/{-$contactId}", params: { contactId: undefined } }) },
    { keys: "g d", label: "Delivery log", group: "Go to", run: () => void navigate({ to: "/deliveries/{-$tab}", params: { tab: undefined } }) },
    { keys: "g p", label: "Phones", group: "Go to", enabled: session.account.simulated, run: () => void navigate({ to: "/phones/{-$channel}", params: { channel: undefined } }) },
    { keys: "g s", label: "Settings", group: "Go to", run: () => void navigate({ to: "/settings/{-$page}/{-$item}", params: { page: undefined, item: undefined } }) },
  ]);
}
