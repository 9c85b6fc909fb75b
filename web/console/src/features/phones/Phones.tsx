/** The simulated phones: write as the customers, see what reaches them, and make trouble on the way. */

import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Chip, Failed } from "~/ui/small.tsx";
import { AddPhone } from "./AddPhone.tsx";
import { PhoneFrame } from "./PhoneFrame.tsx";
import { isDelayOf } from "./PhoneSettings.tsx";
import styles from "./phones.module.css";
import { faultsQuery, phonesQuery, usePlayLive, type Phone } from "./play.ts";
import { Trouble } from "./Trouble.tsx";
import { WebChatFrame } from "./WebChatFrame.tsx";

export function Phones(): ReactNode {
  usePlayLive();
  const { data: phones, error, refetch } = useQuery(phonesQuery);
  const { data: trouble } = useQuery(faultsQuery);

  const frame = (phone: Phone): ReactNode => (
    <PhoneFrame key={phone.id} phone={phone} delay={trouble?.faults.find((fault) => isDelayOf(phone, fault))} />
  );

  return (
    <main id="main" className={styles.page}>
      <header className={styles.bar}>
        <h1>Phones</h1>
        <span className={styles.spare}>
          <Chip tone="amber">Simulated</Chip>
        </span>
        <p className="meta">What you type here reaches the desk as a signed hook. Nothing leaves this computer.</p>
        <span className="push" />
        {phones ? (
          <>
            <Trouble />
            <AddPhone phones={phones} />
          </>
        ) : null}
      </header>
      <div className="scroll">
        {error && !phones ? (
          <Failed title="The phones are not there" error={error} onRetry={() => void refetch()} />
        ) : (
          <div className={styles.grid}>
            {phones?.slice(0, 2).map(frame)}
            {phones ? <WebChatFrame /> : <Loading />}
            {phones?.slice(2).map(frame)}
          </div>
        )}
      </div>
    </main>
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
