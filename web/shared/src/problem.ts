/** Errors as the API tells them (RFC 9457), and the sentence to show for each. */

export interface FieldError {
  field: string;
  message: string;
  hint?: string | null;
}

interface ProblemBody {
  title?: string;
  status?: number;
  code?: string;
  detail?: string | null;
  request_id?: string | null;
  errors?: FieldError[];
}

/** An answer that is not a success, or no answer at all (`status` 0). */
export class Problem extends Error {
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly detail: string | null;
  readonly requestId: string | null;
  readonly errors: readonly FieldError[];
  /** Seconds to wait, from `Retry-After`. */
  readonly retryAfter: number | null;

  constructor(status: number, body: ProblemBody, retryAfter: number | null = null) {
    super(body.detail ?? body.title ?? "The desk gave no reason");
    this.name = "Problem";
    this.status = status;
    this.code = body.code ?? (status === 0 ? "offline" : `http_${String(status)}`);
    this.title = body.title ?? "Request refused";
    this.detail = body.detail ?? null;
    this.requestId = body.request_id ?? null;
    this.errors = body.errors ?? [];
    this.retryAfter = retryAfter;
  }

  /** No answer arrived: the request may or may not have been done. */
  get offline(): boolean {
    return this.status === 0;
  }

  /** The same request may succeed later. */
  get transient(): boolean {
    return this.offline || this.status === 408 || this.status === 429 || this.status >= 500;
  }

  /** Error of one field, if the answer names it. */
  of(field: string): string | null {
    const error = this.errors.find((each) => each.field === field || each.field.endsWith(`.${field}`));
    if (!error) return null;
    return error.hint ? `${sentence(error.message)} ${sentence(error.hint)}` : sentence(error.message);
  }
}

function sentence(text: string): string {
  const head = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.?!]$/.test(head) ? head : `${head}.`;
}

/** One or two sentences for people: what is wrong and what helps. */
export function explain(error: unknown): string {
  if (!(error instanceof Problem)) return "Something went wrong on this page. Reload it and try again.";
  if (error.offline) return "The desk does not answer. Check the connection, then try again.";
  if (error.status === 429) {
    const wait = error.retryAfter;
    return wait ? `Too many requests. Try again in ${String(wait)} seconds.` : "Too many requests. Try again shortly.";
  }
  if (error.status >= 500) {
    const id = error.requestId ? ` The request is ${error.requestId}.` : "";
    return `The desk could not do this.${id} Try again.`;
  }
  const first = error.errors[0];
  if (first && !error.detail) return [sentence(first.message), first.hint ? sentence(first.hint) : ""].join(" ").trim();
  return sentence(error.detail ?? error.title);
}

/** Read the problem of a failed answer; an answer that is no problem document still becomes one. */
export async function problemFrom(response: Response): Promise<Problem> {
  const nothing: ProblemBody = { title: response.statusText || "Request refused" };
  const body = await (response.json() as Promise<ProblemBody>).catch(() => nothing);
  const wait = Number(response.headers.get("Retry-After"));
  return new Problem(response.status, body, Number.isFinite(wait) && wait > 0 ? Math.ceil(wait) : null);
}
