// The JSON API, as far as the screens use it.
import { word } from "./words";

export interface Clash {
  field: string;
  mine: unknown;
  theirs: unknown;
  before: unknown;
  /** What is there now in its tagged form, to be expected by the next edit. */
  expect: string;
  /** The same as the screens show it. */
  shown?: { mine: string | null; theirs: string | null; before: string | null };
}

export interface Written {
  /** None where nothing was to be changed. */
  operation: string | null;
  /** Markup of the fields as the list shows them. */
  shown?: Record<string, string>;
  /** The values in their tagged form, to be expected by the next edit. */
  tagged?: Record<string, string>;
  /** The values as one types them, where that is not their own text. */
  typed?: Record<string, string>;
  /** The numbers among them, amounts in their major unit. */
  numbers?: Record<string, string>;
}

export type Answer =
  | { kind: "written"; written: Written }
  | { kind: "conflict"; clashes: Clash[] }
  | { kind: "refused"; message: string };

interface Problem {
  title?: string;
  detail?: string;
  operation?: string;
  errors?: { field: string; message: string }[];
  conflict?: Clash[];
}

/** Sends what a person typed; the server reads it as their language writes it. */
export async function patch(url: string, entered: Record<string, string | null>, expect: Record<string, string>): Promise<Answer> {
  let response: Response;
  try {
    response = await fetch(url, {
      method: "PATCH",
      headers: { "content-type": "application/json", accept: "application/json" },
      body: JSON.stringify({ set: {}, entered, expect }),
    });
  } catch {
    // What was sent may have arrived; sent once more, it changes nothing twice.
    return { kind: "refused", message: word("cellOffline") };
  }
  const body: unknown = await response.json().catch(() => ({}));
  if (response.ok) return { kind: "written", written: body as Written };
  const problem = body as Problem;
  if (response.status === 409 && problem.conflict?.length) return { kind: "conflict", clashes: problem.conflict };
  return { kind: "refused", message: said(problem) };
}

export async function undo(operation: string): Promise<string | undefined> {
  try {
    const response = await fetch(`/api/v1/operations/${encodeURIComponent(operation)}/undo`, {
      method: "POST",
      headers: { accept: "application/json" },
    });
    if (response.ok) return undefined;
    return said((await response.json().catch(() => ({}))) as Problem);
  } catch {
    return word("offline");
  }
}

function said(problem: Problem): string {
  const text = problem.errors?.map((error) => error.message).join(" ") || problem.detail || problem.title || word("failed");
  return problem.operation ? `${text} (${problem.operation})` : text;
}
