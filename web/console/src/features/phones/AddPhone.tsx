/** Add a phone: where, a name, and an address if you care which. */

import { useQuery } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { Button } from "~/ui/Button.tsx";
import { Dialog, DialogFoot } from "~/ui/Dialog.tsx";
import { Input, Select } from "~/ui/Field.tsx";
import { toastError } from "~/ui/toasts.tsx";
import styles from "./phones.module.css";
import { addPhone, phonesQuery, type Simulator } from "./play.ts";
import { NAMES } from "./samples.ts";

export function AddPhone({ simulators }: { simulators: Simulator[] }): ReactNode {
  const [slug, setSlug] = useState("");
  const [opened, setOpened] = useState(false);
  const [name, setName] = useState("");
  const [number, setNumber] = useState("");
  const [busy, setBusy] = useState(false);
  const simulator = simulators.find((each) => each.slug === slug) ?? simulators[0];
  const { data: phones = [] } = useQuery({ ...phonesQuery(simulator?.slug ?? ""), enabled: simulator !== undefined });
  const free = NAMES.find((each) => !phones.some((phone) => phone.name === each)) ?? "Nora Finch";
  const asked = simulator?.abilities.address;
  const id = asked?.label === "Number" ? number.replace(/[\s().-]/g, "") : number.trim();
  const wrong = id !== "" && asked && !new RegExp(asked.pattern).test(id) ? asked.problem : null;

  const add = async (): Promise<void> => {
    if (wrong || !simulator) return;
    setBusy(true);
    try {
      await addPhone(simulator.slug, { name: name.trim() || free, ...(id ? { id } : {}) });
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
          {simulators.length > 1 ? (
            <Select label="Channel" value={simulator?.slug} onChange={(event) => setSlug(event.currentTarget.value)}>
              {simulators.map((each) => (
                <option key={each.slug} value={each.slug}>
                  {each.name}
                </option>
              ))}
            </Select>
          ) : null}
          <Input label="Name" data-autofocus value={name} placeholder={free} maxLength={200} onChange={(event) => setName(event.currentTarget.value)} />
          <Input
            label={asked?.label ?? "Address"}
            value={number}
            placeholder={asked?.placeholder}
            error={wrong}
            hint="Left empty, it gets one that belongs to nobody."
            onChange={(event) => setNumber(event.currentTarget.value)}
          />
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
