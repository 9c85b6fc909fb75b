/** A dialog over the page: focus stays inside, Esc closes, focus returns. */

import { Modal } from "@mantine/core";
import type { ReactNode } from "react";
import { Icon } from "./icons.tsx";
import styles from "./overlay.module.css";

interface DialogProps {
  title: string;
  opened: boolean;
  onClose: () => void;
  width?: number;
  children: ReactNode;
}

export function Dialog({ title, opened, onClose, width, children }: DialogProps): ReactNode {
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={title}
      yOffset="12dvh"
      lockScroll={false}
      transitionProps={{ duration: 0 }}
      closeButtonProps={{ "aria-label": "Close", icon: <Icon name="x" /> }}
      overlayProps={{ backgroundOpacity: 1 }}
      classNames={{
        overlay: styles.overlay,
        content: styles.dialog,
        header: styles.dialogHeader,
        title: styles.dialogTitle,
        close: styles.dialogClose,
        body: styles.dialogBody,
      }}
      styles={width ? { content: { "--dialog-width": `${String(width)}px` } } : undefined}
    >
      {children}
    </Modal>
  );
}

/** The row of buttons at the end of a dialog. */
export function DialogFoot({ children }: { children: ReactNode }): ReactNode {
  return <div className={styles.dialogFoot}>{children}</div>;
}
