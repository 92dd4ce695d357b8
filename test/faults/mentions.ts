import { expect } from 'bun:test';
import { signUp, type Caller } from '../support/program.ts';
import { until } from './load.ts';

/** A line of /metrics. */
const WAITING = /^chinwag_jobs\{kind="message.stored",state="waiting"\} [1-9]/m;

/** Somebody mentions somebody again and again: each is a job. */
export async function startMentions(url: string, over: () => boolean) {
  const [ann, ben] = [await signUp(url, 'Ann'), await signUp(url, 'Ben')];
  const made = await ann.call('POST', '/conversations', { kind: 'group', title: 'Mentions', memberIds: [ben.id] });
  const { id } = (await made.json()) as { id: string };
  const mentioning = mention(ann, id, ben.id, over);
  return {
    /** Each is notified of once; waits until the jobs are done. */
    async expectNotified(): Promise<void> {
      const mentions = [...(await mentioning)].sort();
      await until(async () => (await notifiedOf(ben)).length >= mentions.length);
      await until(async () => !WAITING.test(await (await fetch(`${url}/metrics`)).text()));
      expect((await notifiedOf(ben)).sort()).toEqual(mentions);
    },
  };
}

/** Answers the messages. */
async function mention(ann: Caller, conversationId: string, userId: string, over: () => boolean): Promise<Set<string>> {
  const ids = new Set<string>();
  for (let n = 0; !over(); n++) {
    const body = { clientId: `m${n}`, content: 'Are you there, @Ben?', mentions: [userId] };
    let answer = await ann.call('POST', `/conversations/${conversationId}/messages`, body);
    while (!answer.ok) answer = await ann.call('POST', `/conversations/${conversationId}/messages`, body);
    ids.add(((await answer.json()) as { id: string }).id);
  }
  return ids;
}

async function notifiedOf(ben: Caller): Promise<string[]> {
  const found: string[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const page = (await (await ben.call('GET', `/notifications?limit=200${cursor && `&cursor=${cursor}`}`)).json()) as {
      items: { messageId: string | null }[];
      cursor: string | null;
    };
    // One is about being added, and about no message.
    found.push(...page.items.flatMap(({ messageId }) => messageId ?? []));
    cursor = page.cursor;
  }
  return found;
}
