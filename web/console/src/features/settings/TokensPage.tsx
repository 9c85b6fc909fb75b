/** API tokens: what programs use to reach this desk. A token is shown once, when it is made. */

import { fullTime, Problem, shortDate, type ApiToken } from "@frontdesk/shared";
import { useMutation, useQuery, useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { http } from "~/app/api.ts";
import { sessionQuery, tokensQuery } from "~/app/queries.ts";
import { Button } from "~/ui/Button.tsx";
import { FormDialog } from "~/ui/Dialog.tsx";
import { Checkbox, Input, Select } from "~/ui/Field.tsx";
import { Icon } from "~/ui/icons.tsx";
import { Blank, Failed } from "~/ui/small.tsx";
import { toast, toastError } from "~/ui/toasts.tsx";
import { ConfirmByTyping, CopyLine, PageBones, SettingsPage } from "./parts.tsx";
import styles from "./settings.module.css";

const DAY = 86_400;

export function TokensPage(): ReactNode {
  const query = useQuery(tokensQuery);
  const [adding, setAdding] = useState(false);
  const [made, setMade] = useState<ApiToken | null>(null);
  return (
    <SettingsPage
      title="API tokens"
      lead="What your programs use to read and write over the API. Give each only what it needs."
      action={
        <Button look="go" onClick={() => setAdding(true)}>
          New token
        </Button>
      }
    >
      {made?.token ? (
        <section className={styles.card} style={{ marginBottom: 24, padding: 16 }} aria-label="Your new token">
          <CopyLine label={`Token “${made.name}”`} value={made.token} />
          <p className="meta" style={{ marginTop: 8 }}>
            Copy it now: it is not shown again.
          </p>
        </section>
      ) : null}
      {query.isPending ? <PageBones /> : null}
      {query.isError && !query.data ? <Failed title="The tokens did not load" error={query.error} onRetry={() => void query.refetch()} /> : null}
      {query.data?.length === 0 ? (
        <Blank icon="key" title="No tokens yet">
          Make one for each program that talks to this desk.
        </Blank>
      ) : null}
      {query.data?.length ? (
        <ul className={styles.card} aria-label="API tokens">
          {query.data.map((token) => (
            <li key={token.id}>
              <Line token={token} />
            </li>
          ))}
        </ul>
      ) : null}
      {adding ? (
        <NewToken
          onClose={() => setAdding(false)}
          onMade={(token) => {
            setMade(token);
            setAdding(false);
          }}
        />
      ) : null}
    </SettingsPage>
  );
}

function Line({ token }: { token: ApiToken }): ReactNode {
  const client = useQueryClient();
  const [asking, setAsking] = useState(false);
  const revoke = useMutation({
    mutationFn: () => http.delete(`/v1/tokens/${token.id}`),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ["tokens"] });
      toast(`Revoked ${token.name}`);
      setAsking(false);
    },
    onError: (error) => toastError(error, "Not revoked."),
  });
  return (
    <div className={styles.line}>
      <span className={styles.lineGlyph}>
        <Icon name="key" />
      </span>
      <span className="grow">
        <strong>{token.name}</strong>
        <span className="meta one" style={{ display: "block" }} title={token.permissions.join("\n")}>
          {token.permissions.join(", ")}
        </span>
      </span>
      <span className="meta" title={fullTime(token.expires_at)}>
        {token.expires_at ? `until ${shortDate(token.expires_at)}` : "no end"}
      </span>
      <Button size="small" look="danger" onClick={() => setAsking(true)}>
        Revoke
      </Button>
      {asking ? (
        <ConfirmByTyping
          title="Revoke this token?"
          text="Programs that use it are refused from now on. This cannot be undone."
          word={token.name}
          verb="Revoke token"
          busy={revoke.isPending}
          onConfirm={() => revoke.mutate()}
          onClose={() => setAsking(false)}
        />
      ) : null}
    </div>
  );
}

function NewToken({ onClose, onMade }: { onClose: () => void; onMade: (token: ApiToken) => void }): ReactNode {
  const client = useQueryClient();
  const { data: session } = useSuspenseQuery(sessionQuery);
  const [name, setName] = useState("");
  const [days, setDays] = useState("90");
  const [inMyName, setInMyName] = useState(true);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set(["conversations:read"]));
  const make = useMutation({
    mutationFn: () =>
      http.post<ApiToken>("/v1/tokens", {
        body: { name: name.trim(), permissions: [...chosen], ...(days ? { ttl_seconds: Number(days) * DAY } : {}), ...(inMyName ? { user_id: session.user.id } : {}) },
      }),
    onSuccess: (token) => {
      void client.invalidateQueries({ queryKey: ["tokens"] });
      onMade(token);
    },
  });
  const problem = make.error instanceof Problem ? make.error : null;
  const toggle = (permission: string): void => {
    setChosen((old) => {
      const next = new Set(old);
      if (!next.delete(permission)) next.add(permission);
      return next;
    });
  };
  return (
    <FormDialog title="New token" width={560} verb="Make token" busy={make.isPending} disabled={!name.trim() || chosen.size === 0} error={make.error} onSubmit={() => make.mutate()} onClose={onClose}>
      <div className={styles.two}>
        <Input label="Name" value={name} required data-autofocus placeholder="Shop backend" error={problem?.of("name")} onChange={(event) => setName(event.target.value)} />
        <Select label="Good for" value={days} onChange={(event) => setDays(event.target.value)}>
          <option value="1">One day</option>
          <option value="30">30 days</option>
          <option value="90">90 days</option>
          <option value="365">One year</option>
          <option value="">No end</option>
        </Select>
      </div>
      <fieldset className={styles.checks}>
        <legend>It may</legend>
        {session.permissions.map((permission) => (
          <Checkbox key={permission} label={permission} checked={chosen.has(permission)} onChange={() => toggle(permission)} />
        ))}
      </fieldset>
      <Checkbox label={`Writes in your name, ${session.user.name}`} hint="Else each message must say who sends it." checked={inMyName} onChange={(event) => setInMyName(event.target.checked)} />
    </FormDialog>
  );
}
