/** Add a phone: a name, and a number if you care which. */

import { useState, type ReactNode } from "react";
import { Button } from "~/ui/Button.tsx";
import { Dialog, DialogFoot } from "~/ui/Dialog.tsx";
import { Input } from "~/ui/Field.tsx";
import { toastError } from "~/ui/toasts.tsx";
import styles from "./phones.module.css";
import { addPhone, type Phone } from "./play.ts";
import { NAMES } from "./samples.ts";

export function AddPhone({ phones }: { phones: Phone[] }): ReactNode {
  const [opened, setOpened] = useState(false);
  const [name, setName] = useState("");
  const [number, setNumber] = useState("");
  const [busy, setBusy] = useState(false);
  const free = NAMES.find((each) => !phones.some((phone) => phone.name === each)) ?? "Nora Finch";
  const digits = number.replace(/[\s().-]/g, "");
  const wrong = digits !== "" && !/^\+?\d{5,20}$/.test(digits) ? "5 to 20 digits, with the country code." : null;

  const add = async (): Promise<void> => {
    if (wrong) return;
    setBusy(true);
    try {
      await addPhone({ name: name.trim() || free, ...(digits ? { id: digits } : {}) });
      setOpened(false);
      setName("");
      setNumber("");
    } catch (error) {
      toastError(error, "The phone was not added.");
    }
    setBusy(false);
  };

  return (
    <>
      <Button icon="plus" aria-label="Add a phone" onClick={() => setOpened(true)}>
        <span className={styles.spare}>Add a phone</span>
      </Button>
      <Dialog title="Add a phone" opened={opened} onClose={() => setOpened(false)} width={400}>
        <form
          className={styles.form}
          onSubmit={(event) => {
            event.preventDefault();
            void add();
          }}
        >
          <Input label="Name" data-autofocus value={name} placeholder={free} maxLength={200} onChange={(event) => setName(event.currentTarget.value)} />
          <Input label="Number" value={number} placeholder="+44 7700 900 000" inputMode="tel" error={wrong} hint="Left empty, it gets one that belongs to nobody." onChange={(event) => setNumber(event.currentTarget.value)} />
          <DialogFoot>
            <Button look="plain" onClick={() => setOpened(false)}>
              Cancel
            </Button>
            <Button look="go" type="submit" busy={busy}>
              Add a phone
            </Button>
          </DialogFoot>
        </form>
      </Dialog>
    </>
  );
}
