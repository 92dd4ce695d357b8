import type { Command } from '../kernel/command.ts';
import { CommandError, detailsOf, toWireError } from '../kernel/errors.ts';
import type { Execute } from '../kernel/execute.ts';
import type { Done, Report } from '../kernel/report.ts';
import { newId } from '../lib/id.ts';
import { requestFrame, type ReplyFrame, type RequestFrame } from '../wire/frames.ts';
import type { Session } from './session.ts';

export type Parsed = { frame: RequestFrame; command: Command } | { re: RequestFrame['id'] | null; error: CommandError } | 'ping';

/** Reads a text frame. What is wrong with it becomes an answer, never an exception. */
export function createParser(commands: readonly Command[]) {
  const byName = new Map(commands.map((command) => [command.name, command]));

  return (text: string): Parsed => {
    // As our own client writes it.
    if (text === '{"type":"ping"}') return 'ping';
    let json: unknown;
    try {
      json = JSON.parse(text);
    } catch {
      return { re: null, error: new CommandError('protocol_error', 'The frame is not JSON.') };
    }
    if (typeof json === 'object' && json !== null && (json as { type?: unknown }).type === 'ping') return 'ping';
    const frame = requestFrame.safeParse(json);
    if (!frame.success) {
      const message = 'A frame is {"id":…,"type":"command.name","data":{…}}.';
      return { re: idOf(json), error: new CommandError('protocol_error', message, { details: detailsOf(frame.error.issues) }) };
    }
    const command = byName.get(frame.data.type);
    if (!command)
      return { re: frame.data.id, error: new CommandError('unknown_command', `There is no command named "${frame.data.type.slice(0, 64)}".`) };
    return { frame: frame.data, command };
  };
}

/** The id of a frame that is wrong otherwise, so that the client can tell which one it was. */
function idOf(json: unknown): RequestFrame['id'] | null {
  const id: unknown = typeof json === 'object' && json !== null ? (json as { id?: unknown }).id : null;
  return typeof id === 'number' || (typeof id === 'string' && id.length <= 64) ? id : null;
}

/** Runs one frame through the pipeline and answers it. */
export function createDispatch(execute: Execute, report: Report) {
  return async (session: Session, frame: RequestFrame, command: Command, refresh: (session: Session) => Promise<void>): Promise<ReplyFrame> => {
    const requestId = newId();
    const startedAt = performance.now();
    const what = (): Done => {
      const { userId, apiKeyId } = session.actor;
      const done: Done = { door: 'socket', command: command.name, requestId, userId, ms: performance.now() - startedAt };
      return apiKeyId === null ? done : { ...done, keyId: apiKeyId };
    };
    try {
      await refresh(session);
      const call = { actor: session.actor, requestId, connectionId: session.id, token: session.credential.token };
      const { data } = await execute(command, call, frame.data ?? {});
      report.done(what());
      return { re: frame.id, ok: true, data: data ?? {} };
    } catch (error) {
      const told = report.failed(error, what());
      return { re: frame.id, ok: false, error: toWireError(told, requestId) };
    }
  };
}
