/** A picture over the whole window. */

import { Modal } from "@mantine/core";
import { useMemo, useState, type ReactNode } from "react";
import { Icon } from "~/ui/icons.tsx";
import { LightboxContext } from "./lightbox.ts";
import styles from "./lightbox.module.css";

export function LightboxProvider({ children }: { children: ReactNode }): ReactNode {
  const [picture, setPicture] = useState<{ url: string; name: string } | null>(null);
  const open = useMemo(() => (url: string, name: string) => setPicture({ url, name }), []);
  return (
    <LightboxContext value={open}>
      {children}
      <Modal.Root opened={picture !== null} onClose={() => setPicture(null)} fullScreen lockScroll={false} transitionProps={{ duration: 0 }}>
        <Modal.Content classNames={{ content: styles.content }} aria-label={picture?.name ?? "Photo"}>
          {picture ? (
            <figure className={styles.figure}>
              <figcaption className={styles.bar}>
                <span className="one grow">{picture.name}</span>
                <a className={styles.button} href={picture.url} download aria-label="Download photo">
                  <Icon name="download" size={20} />
                </a>
                <button type="button" className={styles.button} aria-label="Close" onClick={() => setPicture(null)}>
                  <Icon name="x" size={20} />
                </button>
              </figcaption>
              <button type="button" className={styles.stage} aria-label="Close photo" tabIndex={-1} onClick={() => setPicture(null)}>
                <img src={picture.url} alt={picture.name} />
              </button>
            </figure>
          ) : null}
        </Modal.Content>
      </Modal.Root>
    </LightboxContext>
  );
}
