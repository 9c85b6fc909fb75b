/** The simulators' play API: what the phones show, and acting as the people who hold them. */

import { useQueryClient, type QueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { http } from "~/app/api.ts";
import { queryClient } from "~/app/client.ts";
import type { Look } from "./looks.ts";

const ROOT = "/simulators";

export interface PhoneMessage {
  id: string;
  from: "customer" | "business";
  type: string;
  look: Look;
  at: string;
  status: "sent" | "delivered" | "read" | "failed";
  reply_to: string | null;
  error: { title?: string; message?: string } | null;
  edited: boolean;
  deleted: boolean;
  reactions: { from: string; emoji: string }[];
}

export interface Phone {
  /** The simulator it belongs to. */
  simulator: string;
  id: string;
  name: string;
  is_online: boolean;
  reads_at_once: boolean | null;
  is_blocked: boolean;
  is_business_typing: boolean;
  window_closes_at?: string | null;
  business: { id: string; name: string; address: string } | null;
  messages: PhoneMessage[];
  /** A provider's own switches. */
  [fact: string]: unknown;
}

export interface Abilities {
  kinds: string[];
  caption: boolean;
  subject: boolean;
  replies: boolean;
  reactions: boolean;
  edits: boolean;
  revokes: boolean;
  reads: boolean;
  window: boolean;
  switches: { name: string; label: string; hint: string }[];
  ready_made: { label: string; action: Action }[];
  address: { label: string; placeholder: string; pattern: string; problem: string };
}

export interface Simulator {
  slug: string;
  name: string;
  abilities: Abilities;
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

type Told<P = Phone> = Omit<P, "simulator">;
type Frame =
  | { type: "hello" }
  | { type: "phone"; simulator: string; phone: Told<Omit<Phone, "messages">> }
  | { type: "phone_gone"; simulator: string; phone_id: string }
  | { type: "message"; simulator: string; phone_id: string; message: PhoneMessage }
  | ({ type: "faults"; simulator: string } & FaultState);

const TYPING_MS = 25_000;

const play = (slug: string): string => `${ROOT}/${slug}/play`;
const at = (phone: Phone): string => `${play(phone.simulator)}/phones/${encodeURIComponent(phone.id)}`;

export const simulatorsQuery = { queryKey: ["simulators"], queryFn: () => http.get<Simulator[]>(ROOT), staleTime: Infinity };

export const phonesQuery = (slug: string) => ({
  queryKey: ["phones", slug],
  queryFn: async () => (await http.get<Told[]>(`${play(slug)}/phones`)).map((phone) => ({ ...phone, simulator: slug }) as Phone),
  staleTime: Infinity,
});

export const faultsQuery = (slug: string) => ({ queryKey: ["phones", slug, "faults"], queryFn: () => http.get<FaultState>(`${play(slug)}/faults`), staleTime: Infinity });

export const act = (phone: Phone, action: Action): Promise<unknown> => http.post(`${at(phone)}/messages`, { body: action });

export const read = (phone: Phone): Promise<unknown> => http.post(`${at(phone)}/read`, { body: {} });

export const addPhone = (slug: string, phone: { name?: string; id?: string }): Promise<unknown> => http.post(`${play(slug)}/phones`, { body: phone });

export const changePhone = (phone: Phone, changes: Record<string, unknown>): Promise<unknown> => http.patch(at(phone), { body: changes });

/** What is counted of a rule (`hits`, `is_spent`) is the simulator's to say. */
const asRule = ({ hits: _hits, is_spent: _spent, ...rule }: Fault): Fault => rule;

/** Set all faults of a simulator, shown at once; those that are spent are dropped on the way. */
export async function setFaults(slug: string, change: (faults: Fault[]) => Fault[]): Promise<void> {
  const query = faultsQuery(slug);
  const known = await queryClient.query({ ...query, staleTime: "static" });
  const faults = change(known.faults.filter((fault) => !fault.is_spent));
  queryClient.setQueryData(query.queryKey, { ...known, faults });
  try {
    queryClient.setQueryData(query.queryKey, await http.put<FaultState>(`${play(slug)}/faults`, { body: { faults: faults.map(asRule) } }));
  } catch (error) {
    queryClient.setQueryData(query.queryKey, known);
    throw error;
  }
}

/** Where a file of a simulated network is shown from. */
export const mediaUrl = (slug: string, id: string): string => `${play(slug)}/media/${encodeURIComponent(id)}`;

export async function uploadMedia(slug: string, file: File): Promise<string> {
  const response = await fetch(`${play(slug)}/media?filename=${encodeURIComponent(file.name)}`, {
    method: "POST",
    headers: { "Content-Type": file.type || "application/octet-stream" },
    body: file,
  });
  if (!response.ok) throw new Error("The simulator refused the file.");
  return ((await response.json()) as { id: string }).id;
}

/** Put one frame of the live line where the page reads from. */
export function applyFrame(client: QueryClient, frame: Frame): void {
  const change = (slug: string, to: (phones: Phone[] | undefined) => Phone[] | undefined): void => {
    client.setQueryData<Phone[]>(phonesQuery(slug).queryKey, to);
  };
  switch (frame.type) {
    case "hello":
      void client.invalidateQueries({ queryKey: ["phones"] });
      return;
    case "faults":
      client.setQueryData(faultsQuery(frame.simulator).queryKey, { faults: frame.faults, kinds: frame.kinds });
      return;
    case "phone_gone":
      change(frame.simulator, (phones) => phones?.filter((phone) => phone.id !== frame.phone_id));
      return;
    case "phone":
      change(frame.simulator, (phones) => withPhone(phones, { ...frame.phone, simulator: frame.simulator } as Phone));
      return;
    case "message":
      change(frame.simulator, (phones) => phones?.map((phone) => (phone.id === frame.phone_id ? withMessage(phone, frame.message) : phone)));
  }
}

function withPhone(phones: Phone[] | undefined, changed: Phone): Phone[] | undefined {
  if (!phones) return phones;
  const known = phones.some((phone) => phone.id === changed.id);
  return known ? phones.map((phone) => (phone.id === changed.id ? { ...phone, ...changed } : phone)) : [...phones, { ...changed, messages: [] }];
}

function withMessage(phone: Phone, message: PhoneMessage): Phone {
  const known = phone.messages.some((each) => each.id === message.id);
  const messages = known ? phone.messages.map((each) => (each.id === message.id ? message : each)) : [...phone.messages, message];
  return { ...phone, messages, is_business_typing: message.from === "customer" && phone.is_business_typing };
}

/** Follow all phones on one line as long as the page is open. Typing ends by itself, as it does on a phone. */
export function usePlayLive(): void {
  const client = useQueryClient();
  useEffect(() => {
    const source = new EventSource(`${ROOT}/live`);
    const timers = new Set<ReturnType<typeof setTimeout>>();
    const hear = (event: MessageEvent<string>): void => {
      const frame = JSON.parse(event.data) as Frame;
      applyFrame(client, frame);
      if (frame.type !== "phone" || !frame.phone.is_business_typing) return;
      const { simulator, phone } = frame;
      timers.add(
        setTimeout(() => {
          client.setQueryData<Phone[]>(phonesQuery(simulator).queryKey, (phones) =>
            phones?.map((each) => (each.id === phone.id ? { ...each, is_business_typing: false } : each)),
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
