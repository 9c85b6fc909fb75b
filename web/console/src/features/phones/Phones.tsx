/** The simulated phones of every channel: write as the customers, see what reaches them, and make trouble on the way. */

import { useQueries, useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { useEffect, type ReactNode } from "react";
import { ChannelGlyph } from "~/ui/Channel.tsx";
import page from "~/ui/page.module.css";
import { Chip, Failed } from "~/ui/small.tsx";
import { AddPhone } from "./AddPhone.tsx";
import { PhoneFrame } from "./PhoneFrame.tsx";
import { isDelayOf } from "./PhoneSettings.tsx";
import styles from "./phones.module.css";
import { faultsQuery, phonesQuery, simulatorsQuery, usePlayLive, type Phone, type Simulator } from "./play.ts";
import { Trouble } from "./Trouble.tsx";
import { WebChatFrame } from "./WebChatFrame.tsx";

const WEB_CHAT = "webchat";

export function Phones(): ReactNode {
  usePlayLive();
  const { channel } = useParams({ from: "/desk/phones/{-$channel}" });
  const { data: simulators, error, refetch } = useQuery(simulatorsQuery);
  const chosen = simulators?.some(({ slug }) => slug === channel) || channel === WEB_CHAT ? channel : undefined;
  const shown = simulators?.filter(({ slug }) => !chosen || slug === chosen) ?? [];
  useEffect(() => {
    document.title = "Phones · Frontdesk";
  }, []);

  return (
    <main id="main" className={styles.page}>
      <header className={styles.bar}>
        <h1>Phones</h1>
        <span className={styles.spare}>
          <Chip tone="amber">Simulated</Chip>
        </span>
        <p className="meta">What you type here reaches the desk as the provider would send it. Nothing leaves this computer.</p>
        <span className="push" />
        {shown.length > 0 ? (
          <>
            <Trouble simulators={shown} />
            <AddPhone simulators={shown} />
          </>
        ) : null}
      </header>
      {simulators ? <Channels simulators={simulators} chosen={chosen} /> : null}
      <div className="scroll">
        {error && !simulators ? (
          <Failed title="The phones are not there" error={error} onRetry={() => void refetch()} />
        ) : (
          <div className={styles.grid}>{simulators ? <Frames simulators={shown} withWebChat={!chosen || chosen === WEB_CHAT} /> : <Loading />}</div>
        )}
      </div>
    </main>
  );
}

function Channels({ simulators, chosen }: { simulators: Simulator[]; chosen: string | undefined }): ReactNode {
  const tabs = [{ slug: undefined, name: "All" }, ...simulators, { slug: WEB_CHAT, name: "Web chat" }];
  return (
    <nav className={page.tabs} aria-label="Channels">
      {tabs.map(({ slug, name }) => (
        <Link key={name} to="/phones/{-$channel}" params={{ channel: slug }} activeOptions={{ exact: true }} aria-current={slug === chosen ? "page" : undefined}>
          {slug ? <ChannelGlyph channel={slug} /> : null}
          {name}
        </Link>
      ))}
    </nav>
  );
}

/** The phones of these simulators; the web chat's stands third, where it is seen without scrolling. */
function Frames({ simulators, withWebChat }: { simulators: Simulator[]; withWebChat: boolean }): ReactNode {
  const phones = useQueries({ queries: simulators.map(({ slug }) => phonesQuery(slug)) });
  const troubles = useQueries({ queries: simulators.map(({ slug }) => faultsQuery(slug)) });
  const frames = simulators.flatMap((simulator, at) =>
    (phones[at]?.data ?? []).map((phone: Phone) => (
      <PhoneFrame key={`${phone.simulator}/${phone.id}`} phone={phone} simulator={simulator} delay={troubles[at]?.data?.faults.find((fault) => isDelayOf(phone, fault))} />
    )),
  );
  const failed = phones.find(({ isError, data }) => isError && !data);
  if (failed) return <Failed title="The phones are not there" error={failed.error} onRetry={() => void failed.refetch()} />;
  if (phones.some(({ data }) => !data)) return <Loading />;
  return (
    <>
      {frames.slice(0, 2)}
      {withWebChat ? <WebChatFrame /> : null}
      {frames.slice(2)}
    </>
  );
}

function Loading(): ReactNode {
  return [0, 1, 2].map((at) => (
    <div key={at} className={styles.phone} aria-hidden="true">
      <div className={styles.caption} />
      <div className={styles.device}>
        <div className={styles.screen} />
      </div>
    </div>
  ));
}
