/** The checklist of an inbox: each step with its proof, or with what to do. */

import { ago, type ConnectionReport, type Inbox } from "@frontdesk/shared";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { http } from "~/app/api.ts";
import { Button } from "~/ui/Button.tsx";
import { classes } from "~/ui/classes.ts";
import { Icon } from "~/ui/icons.tsx";
import { Failed } from "~/ui/small.tsx";
import { useNow } from "~/ui/useNow.ts";
import styles from "./settings.module.css";

export function Checklist({ inbox }: { inbox: Inbox }): ReactNode {
  const client = useQueryClient();
  const now = useNow();
  const [checkedAt, setCheckedAt] = useState<string | null>(null);
  const connect = useMutation({
    mutationFn: () => http.post<ConnectionReport>(`/v1/inboxes/${inbox.id}/connect`),
    onSuccess: (report) => {
      setCheckedAt(new Date().toISOString());
      client.setQueryData(["inbox", inbox.id], report.inbox);
      void client.invalidateQueries({ queryKey: ["inboxes"] });
    },
  });
  const steps = connect.data?.steps ?? [];
  const passed = steps.filter((step) => step.passed).length;
  return (
    <section className={styles.card} aria-label="Set-up">
      <div className={styles.cardHead}>
        <h2>Set-up</h2>
        <span className="meta push">{checkedAt ? `Checked ${ago(checkedAt, now)}` : inbox.state_reason}</span>
        <Button size="small" icon="retry" busy={connect.isPending} onClick={() => connect.mutate()}>
          {checkedAt ? "Check again" : "Check the connection"}
        </Button>
      </div>
      {steps.length > 0 ? (
        <div className={styles.progress} role="progressbar" aria-label="Verified steps" aria-valuenow={passed} aria-valuemin={0} aria-valuemax={steps.length}>
          <i style={{ width: `${String((100 * passed) / steps.length)}%` }} />
        </div>
      ) : null}
      {connect.error ? <Failed title="The check did not finish" error={connect.error} onRetry={() => connect.mutate()} /> : null}
      {steps.length > 0 ? (
        <ol className={styles.steps}>
          {steps.map((step) => (
            <li key={step.name}>
              <span className={classes(styles.step, !step.passed && styles.stepOpen)}>
                <Icon name={step.passed ? "check" : "clock"} size={12} />
              </span>
              <div>
                <h3>{step.name}</h3>
                <p className="meta">{step.detail}</p>
              </div>
              <span className={classes("meta", !step.passed && "amber")}>{step.passed ? "Verified" : "Needs you"}</span>
            </li>
          ))}
        </ol>
      ) : null}
      {steps.length === 0 && !connect.error ? (
        <ol className={styles.steps}>
          <li>
            <span className={classes(styles.step, styles.stepOpen)}>
              <Icon name="clock" size={12} />
            </span>
            <div>
              <h3>Each step proves itself</h3>
              <p className="meta">The check asks the provider with your credentials, registers the hook and says what is missing.</p>
            </div>
            <span />
          </li>
        </ol>
      ) : null}
    </section>
  );
}
