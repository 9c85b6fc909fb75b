/** The frame of every page behind the sign-in: rail, offline banner, live line, keys and palette. */

import { useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { Outlet, useNavigate } from "@tanstack/react-router";
import { useEffect, type ReactNode } from "react";
import { Help } from "~/features/keys/Help.tsx";
import { useGlobalKeys } from "~/features/keys/useGlobalKeys.ts";
import { Palette } from "~/features/palette/Palette.tsx";
import { Icon } from "~/ui/icons.tsx";
import { whenSignedOut } from "./api.ts";
import { forgetRecent, setOwnId } from "./cache.ts";
import styles from "./desk.module.css";
import { openLive, useLive } from "./live.ts";
import { outbox } from "./outbox.ts";
import { sessionQuery } from "./queries.ts";
import { Rail } from "./Rail.tsx";

export function Desk(): ReactNode {
  const client = useQueryClient();
  const navigate = useNavigate();
  const { data: session } = useSuspenseQuery(sessionQuery);
  setOwnId(session.user.id);

  useEffect(() => {
    const leave = (): void => {
      client.clear();
      forgetRecent();
      void navigate({ to: "/sign-in", search: { then: location.pathname + location.search } });
    };
    whenSignedOut(leave);
    outbox.resume(session.user.id);
    return openLive(client, leave);
  }, [client, navigate, session.user.id]);

  useGlobalKeys();

  return (
    <div className={styles.desk}>
      <a className={styles.skip} href="#main">
        Skip to content
      </a>
      <OfflineBanner />
      <div className={styles.frame}>
        <Rail />
        <Outlet />
      </div>
      <Palette />
      <Help />
    </div>
  );
}

function OfflineBanner(): ReactNode {
  const offline = useLive((live) => live.connection === "offline");
  return (
    <div role="status" aria-label="Connection">
      {offline ? (
        <p className={styles.banner}>
          <Icon name="offline" />
          You are offline. Drafts are kept and messages leave when you are back.
        </p>
      ) : null}
    </div>
  );
}
