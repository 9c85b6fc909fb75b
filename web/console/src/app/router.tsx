/** Every address of the console, and what must be known before it shows. */

import { Problem } from "@frontdesk/shared";
import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from "@tanstack/react-router";
import { Inbox } from "~/features/inbox/Inbox.tsx";
import { checkInboxSearch } from "~/features/inbox/views.ts";
import { SetUp } from "~/features/sign-in/SetUp.tsx";
import { SignIn } from "~/features/sign-in/SignIn.tsx";
import { queryClient } from "./client.ts";
import { Desk } from "./Desk.tsx";
import { sessionQuery, setupQuery } from "./queries.ts";
import { Broken, Lost, Waiting } from "./states.tsx";

/** The page was given to a browser without a session's cookie: asking who it is would only be refused. */
const cameSignedOut = document.querySelector("meta[name=signed-out]") !== null;

const root = createRootRoute({ component: Outlet, notFoundComponent: Lost });

const signIn = createRoute({
  getParentRoute: () => root,
  path: "/sign-in",
  // Said even where it is undefined: what a validation leaves out stays as it came.
  validateSearch: (search: Record<string, unknown>): { then?: string | undefined } => ({
    then: typeof search.then === "string" && /^\/(?![/\\])[^\s\\]*$/.test(search.then) ? search.then : undefined,
  }),
  beforeLoad: async () => {
    const setup = await queryClient.query({ ...setupQuery, staleTime: "static" });
    if (setup.needed) throw redirect({ to: "/set-up" });
  },
  component: SignIn,
});

const setUp = createRoute({
  getParentRoute: () => root,
  path: "/set-up",
  beforeLoad: async () => {
    const setup = await queryClient.query({ ...setupQuery, staleTime: "static" });
    if (!setup.needed) throw redirect({ to: "/sign-in" });
  },
  component: SetUp,
});

const desk = createRoute({
  getParentRoute: () => root,
  id: "desk",
  beforeLoad: async ({ location }) => {
    const signIn = redirect({ to: "/sign-in", search: location.href === "/" ? {} : { then: location.href } });
    if (cameSignedOut && !queryClient.getQueryData(sessionQuery.queryKey)) throw signIn;
    try {
      await queryClient.query({ ...sessionQuery, staleTime: "static" });
    } catch (error) {
      if (!(error instanceof Problem) || error.status !== 401) throw error;
      throw signIn;
    }
  },
  component: Desk,
});

const home = createRoute({
  getParentRoute: () => desk,
  path: "/",
  beforeLoad: () => {
    throw redirect({ to: "/inbox/$view/{-$conversationId}", params: { view: "all" } });
  },
});

const inbox = createRoute({
  getParentRoute: () => desk,
  path: "/inbox/$view/{-$conversationId}",
  validateSearch: checkInboxSearch,
  component: Inbox,
});

const contacts = createRoute({
  getParentRoute: () => desk,
  path: "/contacts/{-$contactId}",
  component: lazyRouteComponent(() => import("~/features/contacts/Contacts.tsx"), "Contacts"),
});

const deliveries = createRoute({
  getParentRoute: () => desk,
  path: "/deliveries/{-$tab}",
  component: lazyRouteComponent(() => import("~/features/deliveries/Deliveries.tsx"), "Deliveries"),
});

const phones = createRoute({
  getParentRoute: () => desk,
  path: "/phones/{-$channel}",
  component: lazyRouteComponent(() => import("~/features/phones/Phones.tsx"), "Phones"),
});

const settings = createRoute({
  getParentRoute: () => desk,
  path: "/settings/{-$page}/{-$item}",
  component: lazyRouteComponent(() => import("~/features/settings/Settings.tsx"), "Settings"),
});

export const router = createRouter({
  routeTree: root.addChildren([signIn, setUp, desk.addChildren([home, inbox, contacts, deliveries, phones, settings])]),
  defaultPreload: "intent",
  defaultPendingComponent: Waiting,
  defaultErrorComponent: Broken,
  defaultNotFoundComponent: Lost,
  scrollRestoration: false,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
