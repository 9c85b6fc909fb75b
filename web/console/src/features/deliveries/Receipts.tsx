/** Hooks that were kept but not understood: the reason, the body as it came, and one press to read it again. */

import { fullTime, listTime, type Receipt } from "@frontdesk/shared";
import { useMutation, useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { Fragment, useState, type ReactNode } from "react";
import { http } from "~/app/api.ts";
import { sessionQuery } from "~/app/queries.ts";
import { Button } from "~/ui/Button.tsx";
import { Icon } from "~/ui/icons.tsx";
import page from "~/ui/page.module.css";
import { Blank } from "~/ui/small.tsx";
import { toast, toastError } from "~/ui/toasts.tsx";
import { useNow } from "~/ui/useNow.ts";
import { InboxName, Pages, pagesQuery } from "./pages.tsx";

/** The body laid out when it is JSON, else as it came. */
export function readable(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}

export function Receipts(): ReactNode {
  const { data: session } = useSuspenseQuery(sessionQuery);
  const [open, setOpen] = useState<string | null>(null);
  if (!session.permissions.includes("deliveries:manage")) {
    return (
      <Blank icon="lock" title="Not for your role" className={page.center}>
        Receipts hold what providers sent, word for word. Ask an admin.
      </Blank>
    );
  }
  return (
    <Pages query={pagesQuery<Receipt>(["receipts", "failed"], "/v1/receipts", { state: "failed" })} what="The receipts" empty={["Every hook was understood", "What a provider sends and the desk cannot read is kept here, never dropped."]}>
      {(receipts) => (
        <table className={page.table} aria-label="Failed receipts">
          <thead>
            <tr>
              <th scope="col">Inbox</th>
              <th scope="col">Reason</th>
              <th scope="col" className={`${page.number ?? ""} ${page.hideSmall ?? ""}`}>
                Received
              </th>
              <th scope="col">
                <span className="hidden-text">Action</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {receipts.map((receipt) => (
              <Fragment key={receipt.id}>
                <Row receipt={receipt} open={open === receipt.id} onOpen={() => setOpen(open === receipt.id ? null : receipt.id)} />
                {open === receipt.id ? (
                  <tr>
                    <td colSpan={4} className={page.detail}>
                      <div className={page.pad}>
                        <p>{receipt.reason}</p>
                        <pre className={page.code} tabIndex={0}>
                          {readable(receipt.body)}
                        </pre>
                      </div>
                    </td>
                  </tr>
                ) : null}
              </Fragment>
            ))}
          </tbody>
        </table>
      )}
    </Pages>
  );
}

function Row({ receipt, open, onOpen }: { receipt: Receipt; open: boolean; onOpen: () => void }): ReactNode {
  const client = useQueryClient();
  const now = useNow();
  const replay = useMutation({
    mutationFn: () => http.post<Receipt>(`/v1/receipts/${receipt.id}/replay`),
    onSuccess: () => {
      toast("Read again");
      setTimeout(() => void client.invalidateQueries({ queryKey: ["receipts"] }), 800);
    },
    onError: (error) => toastError(error, "Not replayed."),
  });
  return (
    <tr data-opens data-open={open || undefined} onClick={onOpen}>
      <td>
        <button
          type="button"
          className={page.rowButton}
          aria-expanded={open}
          onClick={(event) => {
            event.stopPropagation();
            onOpen();
          }}
        >
          <Icon name={open ? "down" : "right"} />
          <InboxName id={receipt.inbox_id} />
        </button>
      </td>
      <td>{receipt.reason ?? "No reason was kept"}</td>
      <td className={`${page.number ?? ""} ${page.hideSmall ?? ""}`} title={fullTime(receipt.received_at)}>
        {listTime(receipt.received_at, now)}
      </td>
      <td className={page.number} onClick={(event) => event.stopPropagation()}>
        <Button size="small" icon="retry" busy={replay.isPending} onClick={() => replay.mutate()}>
          Replay
        </Button>
      </td>
    </tr>
  );
}
