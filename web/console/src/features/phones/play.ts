/** The simulator's play API: what the phones show, and acting as the people who hold them. */

import { useQueryClient, type QueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { http } from "~/app/api.ts";
import { queryClient } from "~/app/client.ts";

const PLAY = "/simulators/whatsapp/play";

export interface PhoneMessage {
  id: string;
  from: "customer" | "business";
  type: string;
  text_shown: string;
  at: string;
  status: "sent" | "delivered" | "read" | "failed";
  reply_to: string | null;
  error: { title?: string; message?: string } | null;
  edited: boolean;
  deleted: boolean;
  reactions: { from: string; emoji: string }[];
  /** Meta's own object under the name of its type. */
  [type: string]: unknown;
}

export interface Phone {
  id: string;
  name: string;
  is_online: boolean;
  reads_at_once: boolean | null;
  hides_number: boolean;
  is_blocked: boolean;
  is_business_typing: boolean;
  window_closes_at: string | null;
  business: { id: string; name: string; address: string } | null;
  messages: PhoneMessage[];
}

export interface Fault {
  kind: string;
  phone?: string | null;
  business?: string | null;
  count?: number | null;
  seconds?: number;
  hits?: number;
  is_spent?: boolean;
  [setting: string]: unknown;
}

export interface FaultState {
  faults: Fault[];
  kinds: { kind: string; title: string }[];
}

export type Action = { type: string; reply_to?: string } & Record<string, unknown>;

type Frame =
  | { type: "hello" }
  | { type: "phone"; phone: Omit<Phone, "messages"> }
  | { type: "phone_gone"; phone_id: string }
  | { type: "message"; phone_id: string; message: PhoneMessage }
  | ({ type: "faults" } & FaultState);

const TYPING_MS = 25_000;

export const phonesQuery = { queryKey: ["phones"], queryFn: () => http.get<Phone[]>(`${PLAY}/phones`), staleTime: Infinity };
export const faultsQuery = { queryKey: ["phones", "faults"], queryFn: () => http.get<FaultState>(`${PLAY}/faults`), staleTime: Infinity };

export const act = (phone: Phone, action: Action): Promise<unknown> => http.post(`${PLAY}/phones/${phone.id}/messages`, { body: action });

export const read = (phone: Phone): Promise<unknown> => http.post(`${PLAY}/phones/${phone.id}/read`, { body: {} });

export const addPhone = (phone: { name?: string; id?: string }): Promise<Phone> => http.post<Phone>(`${PLAY}/phones`, { body: phone });

export const changePhone = (phone: Phone, changes: Record<string, unknown>): Promise<Phone> =>
  http.patch<Phone>(`${PLAY}/phones/${phone.id}`, { body: changes });

/** What is counted of a rule (`hits`, `is_spent`) is the simulator's to say. */
const asRule = ({ hits: _hits, is_spent: _spent, ...rule }: Fault): Fault => rule;

/** Set all faults; those that are spent are dropped on the way. */
export async function setFaults(change: (faults: Fault[]) => Fault[]): Promise<void> {
  const known = await queryClient.query({ ...faultsQuery, staleTime: "static" });
  const faults = change(known.faults.filter((fault) => !fault.is_spent)).map(asRule);
  queryClient.setQueryData(faultsQuery.queryKey, await http.put<FaultState>(`${PLAY}/faults`, { body: { faults } }));
}

/** Where a file of the simulated network is shown from. */
export const mediaUrl = (id: string): string => `${PLAY}/media/${encodeURIComponent(id)}`;

export async function uploadMedia(file: File): Promise<string> {
  const response = await fetch(`${PLAY}/media?filename=${encodeURIComponent(file.name)}`, {
    method: "POST",
    headers: { "Content-Type": file.type || "application/octet-stream" },
    body: file,
  });
  if (!response.ok) throw new Error("The simulator refused the file.");
  return ((await response.json()) as { id: string }).id;
}

/** Put one frame of the live line where the page reads from. */
export function applyFrame(client: QueryClient, frame: Frame): void {
  switch (frame.type) {
    case "hello":
      void client.invalidateQueries({ queryKey: phonesQuery.queryKey });
      return;
    case "faults":
      client.setQueryData(faultsQuery.queryKey, { faults: frame.faults, kinds: frame.kinds });
      return;
    case "phone_gone":
      client.setQueryData<Phone[]>(phonesQuery.queryKey, (phones) => phones?.filter((phone) => phone.id !== frame.phone_id));
      return;
    case "phone":
      client.setQueryData<Phone[]>(phonesQuery.queryKey, (phones) => withPhone(phones, frame.phone));
      return;
    case "message":
      client.setQueryData<Phone[]>(phonesQuery.queryKey, (phones) =>
        phones?.map((phone) => (phone.id === frame.phone_id ? withMessage(phone, frame.message) : phone)),
      );
  }
}

function withPhone(phones: Phone[] | undefined, changed: Omit<Phone, "messages">): Phone[] | undefined {
  if (!phones) return phones;
  const known = phones.some((phone) => phone.id === changed.id);
  return known ? phones.map((phone) => (phone.id === changed.id ? { ...phone, ...changed } : phone)) : [...phones, { ...changed, messages: [] }];
}

function withMessage(phone: Phone, message: PhoneMessage): Phone {
  const known = phone.messages.some((each) => each.id === message.id);
  const messages = known ? phone.messages.map((each) => (each.id === message.id ? message : each)) : [...phone.messages, message];
  return { ...phone, messages, is_business_typing: message.from === "customer" && phone.is_business_typing };
}

/** Follow the phones as long as the page is open. Typing ends by itself, as it does on a phone. */
export function usePlayLive(): void {
  const client = useQueryClient();
  useEffect(() => {
    const source = new EventSource(`${PLAY}/live`);
    const timers = new Set<ReturnType<typeof setTimeout>>();
    const hear = (event: MessageEvent<string>): void => {
      const frame = JSON.parse(event.data) as Frame;
      applyFrame(client, frame);
      if (frame.type !== "phone" || !frame.phone.is_business_typing) return;
      const { id } = frame.phone;
      timers.add(
        setTimeout(() => {
          client.setQueryData<Phone[]>(phonesQuery.queryKey, (phones) =>
            phones?.map((phone) => (phone.id === id ? { ...phone, is_business_typing: false } : phone)),
          );
        }, TYPING_MS),
      );
    };
    for (const name of ["hello", "phone", "phone_gone", "message", "faults"]) source.addEventListener(name, hear);
    return () => {
      source.close();
      timers.forEach(clearTimeout);
    };
  }, [client]);
}
