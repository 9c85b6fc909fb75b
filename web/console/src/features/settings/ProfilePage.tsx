/** You: your name, your password, the theme on this device. */

import { Problem, type Session } from "@frontdesk/shared";
import { useMutation, useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { http, setCsrfToken } from "~/app/api.ts";
import { sessionQuery } from "~/app/queries.ts";
import { chooseTheme, useTheme, type ThemeChoice } from "~/app/theme.ts";
import { Button } from "~/ui/Button.tsx";
import { Input, Select } from "~/ui/Field.tsx";
import { toast, toastError } from "~/ui/toasts.tsx";
import { Section, SettingsPage } from "./parts.tsx";
import styles from "./settings.module.css";

function useSave(done: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: Record<string, string>) => http.patch<Session>("/v1/session", { body }),
    onSuccess: (session) => {
      setCsrfToken(session.csrf_token);
      client.setQueryData(sessionQuery.queryKey, session);
      toast(done);
    },
    onError: (error) => {
      if (!(error instanceof Problem) || error.errors.length === 0) toastError(error, "Not saved.");
    },
  });
}

export function ProfilePage(): ReactNode {
  const { data: session } = useSuspenseQuery(sessionQuery);
  const { choice } = useTheme();
  const [name, setName] = useState(session.user.name);
  const saveName = useSave("Name saved");
  return (
    <SettingsPage title="Your profile" lead={`You sign in as ${session.user.email}.`}>
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          saveName.mutate({ name: name.trim() });
        }}
      >
        <Input label="Name" hint="Customers see it beside your answers." value={name} required onChange={(event) => setName(event.target.value)} error={saveName.error instanceof Problem ? saveName.error.of("name") : null} />
        <p>
          <Button type="submit" look="go" busy={saveName.isPending} disabled={!name.trim() || name.trim() === session.user.name}>
            Save name
          </Button>
        </p>
      </form>
      <Section title="Appearance" lead="On this device only.">
        <Select label="Theme" value={choice} onChange={(event) => chooseTheme(event.target.value as ThemeChoice)}>
          <option value="system">As the system</option>
          <option value="light">Light</option>
          <option value="dark">Dark</option>
        </Select>
      </Section>
      <Password />
    </SettingsPage>
  );
}

function Password(): ReactNode {
  const [current, setCurrent] = useState("");
  const [next, setNext] = useState("");
  const save = useSave("Password changed. Other sessions were ended.");
  const problem = save.error instanceof Problem ? save.error : null;
  return (
    <Section title="Password" lead="A new one ends your sessions on other devices.">
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate(
            { password: next, current_password: current },
            {
              onSuccess: () => {
                setCurrent("");
                setNext("");
              },
            },
          );
        }}
      >
        <div className={styles.two}>
          <Input label="Present password" type="password" autoComplete="current-password" value={current} required error={problem?.of("current_password")} onChange={(event) => setCurrent(event.target.value)} />
          <Input label="New password" type="password" autoComplete="new-password" value={next} required minLength={10} hint="At least 10 characters." error={problem?.of("password")} onChange={(event) => setNext(event.target.value)} />
        </div>
        <p>
          <Button type="submit" busy={save.isPending} disabled={!current || next.length < 10}>
            Change password
          </Button>
        </p>
      </form>
    </Section>
  );
}
