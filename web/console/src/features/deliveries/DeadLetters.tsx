/** Work that was given up, with its reason; one press tries it again. */

import { fullTime, listTime, type DeadLetter } from "@frontdesk/shared";
import { useMutation, useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { Fragment, useState, type ReactNode } from "react";
import { http } from "~/app/api.ts";
import { sessionQuery } from "~/app/queries.ts";
import { Button } from "~/ui/Button.tsx";
import { Icon } from "~/ui/icons.tsx";
import page from "~/ui/page.module.css";
import { Chip } from "~/ui/small.tsx";
import { toast, toastError } from "~/ui/toasts.tsx";
import { useNow } from "~/ui/useNow.ts";
import { Pages, pagesQuery } from "./pages.tsx";

const QUEUES: Record<string, string> = { deliver: "Send a message", ingest: "Read a hook", fetch: "Fetch a file", media: "Fetch a file", mark: "Mark as read" };

export function DeadLetters(): ReactNode {
  const [open, setOpen] = useState<string | null>(null);
  return (
    <Pages query={pagesQuery<DeadLetter>(["dead-letters"], "/v1/dead-letters")} what="The dead letters" empty={["No dead letters", "Work that fails again and again is kept here, ready to be tried once more."]}>
      {(letters) => (
        <table className={page.table} aria-label="Dead letters">
          <thead>
            <tr>
              <th scope="col">Work</th>
              <th scope="col">Reason</th>
              <th scope="col" className={`${page.number ?? ""} ${page.hideSmall ?? ""}`}>
                Attempts
              </th>
              <th scope="col" className={`${page.number ?? ""} ${page.hideSmall ?? ""}`}>
                Given up
              </th>
              <th scope="col">
                <span className="hidden-text">Action</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {letters.map((letter) => (
              <Fragment key={letter.id}>
                <Row letter={letter} open={open === letter.id} onOpen={() => setOpen(open === letter.id ? null : letter.id)} />
                {open === letter.id ? (
                  <tr>
                    <td colSpan={5} className={page.detail}>
                      <div className={page.pad}>
                        <p>{letter.reason}</p>
                        <pre className={page.code}>{JSON.stringify(letter.payload, null, 2)}</pre>
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

function Row({ letter, open, onOpen }: { letter: DeadLetter; open: boolean; onOpen: () => void }): ReactNode {
  const client = useQueryClient();
  const now = useNow();
  const { data: session } = useSuspenseQuery(sessionQuery);
  const replay = useMutation({
    mutationFn: () => http.post<DeadLetter>(`/v1/dead-letters/${letter.id}/replay`),
    onSuccess: () => {
      toast("Tried again");
      void client.invalidateQueries({ queryKey: ["dead-letters"] });
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
          {QUEUES[letter.queue] ?? letter.queue}
        </button>
      </td>
      <td>{letter.reason}</td>
      <td className={`${page.number ?? ""} ${page.hideSmall ?? ""}`}>{letter.attempts}</td>
      <td className={`${page.number ?? ""} ${page.hideSmall ?? ""}`} title={fullTime(letter.failed_at)}>
        {listTime(letter.failed_at, now)}
      </td>
      <td className={page.number} onClick={(event) => event.stopPropagation()}>
        {letter.replayed_at ? (
          <Chip tone="green" icon="check">
            Replayed {listTime(letter.replayed_at, now)}
          </Chip>
        ) : session.permissions.includes("deliveries:manage") ? (
          <Button size="small" icon="retry" busy={replay.isPending} onClick={() => replay.mutate()}>
            Replay
          </Button>
        ) : null}
      </td>
    </tr>
  );
}
