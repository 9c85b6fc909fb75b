/** The account: its name, time zone and language. */

import { Problem, type Account } from "@frontdesk/shared";
import { useMutation, useQuery, useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { http } from "~/app/api.ts";
import { sessionQuery } from "~/app/queries.ts";
import { Input } from "~/ui/Field.tsx";
import { Failed } from "~/ui/small.tsx";
import { toast, toastError } from "~/ui/toasts.tsx";
import { PageBones, SaveBar, SettingsPage } from "./parts.tsx";
import styles from "./settings.module.css";

export function AccountPage(): ReactNode {
  const query = useQuery({ queryKey: ["account"], queryFn: () => http.get<Account>("/v1/account") });
  if (query.data) return <AccountForm account={query.data} />;
  return (
    <div className="scroll">
      <div className={styles.page}>{query.isError ? <Failed title="The account did not load" error={query.error} onRetry={() => void query.refetch()} /> : <PageBones />}</div>
    </div>
  );
}

function AccountForm({ account }: { account: Account }): ReactNode {
  const client = useQueryClient();
  const { data: session } = useSuspenseQuery(sessionQuery);
  const manages = session.permissions.includes("account:manage");
  const stored = { name: account.name, time_zone: account.time_zone, language: account.language };
  const [form, setForm] = useState(stored);
  const save = useMutation({
    mutationFn: () => http.patch<Account>("/v1/account", { body: form }),
    onSuccess: (changed) => {
      client.setQueryData(["account"], changed);
      void client.invalidateQueries({ queryKey: sessionQuery.queryKey });
      toast("Account saved");
    },
    onError: (error) => {
      if (!(error instanceof Problem) || error.errors.length === 0) toastError(error, "Not saved.");
    },
  });
  const problem = save.error instanceof Problem ? save.error : null;
  const field = (name: keyof typeof form) => ({
    value: form[name],
    disabled: !manages,
    error: problem?.of(name),
    onChange: (event: { target: { value: string } }) => setForm((old) => ({ ...old, [name]: event.target.value })),
  });
  return (
    <>
      <SettingsPage title="Account" lead={manages ? "Your company as this desk knows it." : "Your company as this desk knows it. The owner can change it."}>
        <div className={styles.form}>
          <Input label="Company" {...field("name")} />
          <div className={styles.two}>
            <Input label="Time zone" hint="Days and hours are counted in it, for example Europe/London." {...field("time_zone")} />
            <Input label="Language" hint="Used where a customer’s own is not known, for example en." {...field("language")} />
          </div>
        </div>
      </SettingsPage>
      <SaveBar changed={JSON.stringify(form) !== JSON.stringify(stored)} busy={save.isPending} onDiscard={() => setForm(stored)} onSave={() => save.mutate()} />
    </>
  );
}
