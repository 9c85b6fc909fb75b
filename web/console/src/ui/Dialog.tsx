/** A dialog over the page: focus stays inside, Esc closes, focus returns. Most hold one form. */

import { explain } from "@frontdesk/shared";
import { Modal } from "@mantine/core";
import type { ReactNode } from "react";
import { Button } from "./Button.tsx";
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

interface FormDialogProps extends Omit<DialogProps, "opened"> {
  /** What its button does, in its words. */
  verb: string;
  busy: boolean;
  disabled?: boolean;
  /** Why it was refused, where no field says so itself. */
  error: unknown;
  onSubmit: () => void;
}

/** A dialog that is one form: its fields, what is wrong with them, Cancel and what it does. */
export function FormDialog({ title, width, verb, busy, disabled, error, onSubmit, onClose, children }: FormDialogProps): ReactNode {
  return (
    <Dialog title={title} opened onClose={onClose} width={width}>
      <form
        className={styles.dialogForm}
        onSubmit={(event) => {
          event.preventDefault();
          onSubmit();
        }}
      >
        {children}
        {error ? (
          <p className="red" role="alert">
            {explain(error)}
          </p>
        ) : null}
        <DialogFoot>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="go" busy={busy} disabled={disabled}>
            {verb}
          </Button>
        </DialogFoot>
      </form>
    </Dialog>
  );
}
