/** The visitor of the sample shop, in a phone: the real widget on the real page, full screen as on any phone. */

import type { ReactNode } from "react";
import { useTheme } from "~/app/theme.ts";
import { buttonClass } from "~/ui/Button.tsx";
import { ChannelGlyph } from "~/ui/Channel.tsx";
import { Icon } from "~/ui/icons.tsx";
import styles from "./phones.module.css";

const VISITOR = "Priya";

export function WebChatFrame(): ReactNode {
  const { shown } = useTheme();
  return (
    <section aria-label={`${VISITOR}, web chat`} className={styles.phone}>
      <div className={styles.caption}>
        <ChannelGlyph channel="webchat" />
        <strong>{VISITOR}</strong>
        <span className="meta one">Web chat, on the sample shop</span>
        <span className="push" />
        <a className={buttonClass("plain", "small")} href="/demo/shop" target="_blank" rel="noopener" aria-label="Open the sample shop in a tab">
          <Icon name="external" />
        </a>
      </div>
      <div className={styles.device}>
        <iframe className={styles.screen} title="The sample shop with its chat" src={`/demo/shop?as=${VISITOR}&chat=open&theme=${shown}`} />
      </div>
    </section>
  );
}
