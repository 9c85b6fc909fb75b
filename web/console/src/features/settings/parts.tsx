/** Parts that settings pages share: the page and its head, save bar, a value to copy, confirming by typing. */

import { Link } from "@tanstack/react-router";
import { useState, type ReactNode } from "react";
import { Button, IconButton } from "~/ui/Button.tsx";
import { Dialog, DialogFoot } from "~/ui/Dialog.tsx";
import { Input } from "~/ui/Field.tsx";
import { Icon } from "~/ui/icons.tsx";
import { Bone, Dot } from "~/ui/small.tsx";
import { toast } from "~/ui/toasts.tsx";
import styles from "./settings.module.css";

/** Back from one inbox, or a new one, to all of them. */
export function Crumbs({ at }: { at: string }): ReactNode {
  return (
    <p className={styles.crumbs}>
      <Link to="/settings/{-$page}/{-$item}" params={{ page: "inboxes", item: undefined }}>
        Inboxes
      </Link>
      <Icon name="right" size={12} />
      {at}
    </p>
  );
}

interface PageProps {
  title: string;
  lead: string;
  /** Names the page where it lies below the inboxes. */
  crumb?: string;
  action?: ReactNode;
  children: ReactNode;
}

/** A page that scrolls, from its title on. */
export function SettingsPage({ title, lead, crumb, action, children }: PageProps): ReactNode {
  return (
    <div className="scroll">
      <div className={styles.page}>
        {crumb ? <Crumbs at={crumb} /> : null}
        <div className={styles.head}>
          <div className="grow">
            <h1>{title}</h1>
            <p className={styles.lead}>{lead}</p>
          </div>
          {action}
        </div>
        {children}
      </div>
    </div>
  );
}

export function Section({ title, lead, children }: { title: string; lead: string; children: ReactNode }): ReactNode {
  return (
    <section className={styles.section}>
      <div>
        <h2>{title}</h2>
        <p className={styles.lead}>{lead}</p>
      </div>
      {children}
    </section>
  );
}

interface SaveBarProps {
  changed: boolean;
  busy: boolean;
  note?: string;
  onDiscard: () => void;
  onSave: () => void;
}

/** Appears when something was changed and not saved. */
export function SaveBar({ changed, busy, note = "Changes are not saved", onDiscard, onSave }: SaveBarProps): ReactNode {
  if (!changed) return null;
  return (
    <div className={`${styles.saveBar ?? ""} appear`} role="region" aria-label="Unsaved changes">
      <div>
        <Dot tone="amber" />
        <span>{note}</span>
        <Button look="plain" className="push" onClick={onDiscard}>
          Discard
        </Button>
        <Button look="go" busy={busy} onClick={onSave}>
          Save changes
        </Button>
      </div>
    </div>
  );
}

export function CopyLine({ label, value }: { label: string; value: string }): ReactNode {
  return (
    <div>
      <p>
        <strong>{label}</strong>
      </p>
      <p className={styles.copy}>
        <code>{value}</code>
        <IconButton
          icon="copy"
          size="small"
          label={`Copy ${label.toLowerCase()}`}
          onClick={() => {
            void navigator.clipboard.writeText(value).then(() => toast("Copied"));
          }}
        />
      </p>
    </div>
  );
}

interface ConfirmProps {
  title: string;
  text: string;
  word: string;
  verb: string;
  busy: boolean;
  onConfirm: () => void;
  onClose: () => void;
}

/** A dangerous thing, confirmed by typing its name. */
export function ConfirmByTyping({ title, text, word, verb, busy, onConfirm, onClose }: ConfirmProps): ReactNode {
  const [typed, setTyped] = useState("");
  return (
    <Dialog title={title} opened onClose={onClose}>
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          if (typed === word) onConfirm();
        }}
      >
        <p>{text}</p>
        <Input label={`Type “${word}” to confirm`} value={typed} data-autofocus autoComplete="off" onChange={(event) => setTyped(event.target.value)} />
        <DialogFoot>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="danger-solid" disabled={typed !== word} busy={busy}>
            {verb}
          </Button>
        </DialogFoot>
      </form>
    </Dialog>
  );
}

export function PageBones(): ReactNode {
  return (
    <div className={styles.bones} role="status" aria-label="Loading">
      <Bone width="40%" height={16} />
      <Bone width="80%" />
      <Bone width="65%" />
      <Bone width="72%" />
    </div>
  );
}
