/** Who can sign in, and what they may do. */

import { Problem, type Role, type User } from "@frontdesk/shared";
import { useMutation, useQuery, useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { http } from "~/app/api.ts";
import { sessionQuery, usersQuery } from "~/app/queries.ts";
import { Avatar } from "~/ui/Avatar.tsx";
import { Button, iconButtonClass } from "~/ui/Button.tsx";
import { FormDialog } from "~/ui/Dialog.tsx";
import { Input, Select } from "~/ui/Field.tsx";
import { Icon } from "~/ui/icons.tsx";
import { Menu, MenuDivider, MenuChoice, MenuItem, MenuLabel } from "~/ui/Menu.tsx";
import { Chip, Failed } from "~/ui/small.tsx";
import { toast, toastError } from "~/ui/toasts.tsx";
import { PageBones, SettingsPage } from "./parts.tsx";
import styles from "./settings.module.css";

const ROLES: Record<Role, string> = { owner: "Owner", admin: "Admin", agent: "Agent" };

export function PeoplePage(): ReactNode {
  const query = useQuery(usersQuery);
  const { data: session } = useSuspenseQuery(sessionQuery);
  const [adding, setAdding] = useState(false);
  const manages = session.permissions.includes("users:manage");
  return (
    <SettingsPage
      title="People"
      lead="Agents answer, admins also set up inboxes and people, the owner can do everything."
      action={
        manages ? (
          <Button look="go" onClick={() => setAdding(true)}>
            Add a person
          </Button>
        ) : null
      }
    >
      {query.isPending ? <PageBones /> : null}
      {query.isError && !query.data ? <Failed title="The list did not load" error={query.error} onRetry={() => void query.refetch()} /> : null}
      {query.data ? (
        <ul className={styles.card} aria-label="People">
          {query.data.map((user) => (
            <li key={user.id}>
              <Line user={user} manages={manages} you={user.id === session.user.id} />
            </li>
          ))}
        </ul>
      ) : null}
      {adding ? <AddPerson onClose={() => setAdding(false)} /> : null}
    </SettingsPage>
  );
}

function Line({ user, manages, you }: { user: User; manages: boolean; you: boolean }): ReactNode {
  const client = useQueryClient();
  const change = useMutation({
    mutationFn: (body: Partial<Pick<User, "role" | "disabled">>) => http.patch<User>(`/v1/users/${user.id}`, { body }),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ["users"] });
      toast(`Changed ${user.name}`);
    },
    onError: (error) => toastError(error, "Not changed."),
  });
  return (
    <div className={styles.line}>
      <Avatar id={user.id} name={user.name} />
      <span className="grow">
        <strong>{user.name}</strong>
        {you ? <span className="meta"> you</span> : null}
        <span className="meta one" style={{ display: "block" }}>
          {user.email ?? ""}
        </span>
      </span>
      {user.disabled ? <Chip tone="quiet">Disabled</Chip> : null}
      <Chip>{ROLES[user.role]}</Chip>
      {manages && !you && user.role !== "owner" ? (
        <Menu
          label={`Change ${user.name}`}
          target={
            <button type="button" className={iconButtonClass} aria-label={`Change ${user.name}`}>
              <Icon name="more" />
            </button>
          }
        >
          <MenuLabel>Role</MenuLabel>
          {(["admin", "agent"] as const).map((role) => (
            <MenuChoice key={role} checked={user.role === role} onSelect={() => change.mutate({ role })}>
              {ROLES[role]}
            </MenuChoice>
          ))}
          <MenuDivider />
          <MenuItem icon={user.disabled ? "check" : "ban"} danger={!user.disabled} onSelect={() => change.mutate({ disabled: !user.disabled })}>
            {user.disabled ? "Enable" : "Disable"}
          </MenuItem>
        </Menu>
      ) : null}
    </div>
  );
}

function AddPerson({ onClose }: { onClose: () => void }): ReactNode {
  const client = useQueryClient();
  const [form, setForm] = useState({ name: "", email: "", password: "", role: "agent" });
  const add = useMutation({
    mutationFn: () => http.post<User>("/v1/users", { body: form }),
    onSuccess: (user) => {
      void client.invalidateQueries({ queryKey: ["users"] });
      toast(`Added ${user.name}`);
      onClose();
    },
  });
  const problem = add.error instanceof Problem ? add.error : null;
  const field = (name: keyof typeof form) => ({
    value: form[name],
    error: problem?.of(name),
    onChange: (event: { target: { value: string } }) => setForm((old) => ({ ...old, [name]: event.target.value })),
  });
  return (
    <FormDialog title="Add a person" verb="Add person" busy={add.isPending} error={problem?.errors.length ? null : add.error} onSubmit={() => add.mutate()} onClose={onClose}>
      <Input label="Name" required data-autofocus {...field("name")} />
      <Input label="Work email" type="email" required {...field("email")} />
      <Input label="First password" type="password" required autoComplete="new-password" minLength={10} hint="At least 10 characters. They can change it in their profile." {...field("password")} />
      <Select label="Role" {...field("role")}>
        <option value="agent">Agent, answers customers</option>
        <option value="admin">Admin, also sets up inboxes and people</option>
      </Select>
    </FormDialog>
  );
}
