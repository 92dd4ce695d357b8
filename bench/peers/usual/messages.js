import { z } from 'zod';
import { Op } from 'sequelize';
import { Conversation, Member, Message, sequelize, User } from './models.js';

const sendInput = z.object({ conversationId: z.uuid(), clientId: z.string().min(1).max(128), content: z.string().min(1).max(4000) });

export class Refused extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

async function requireMember(userId, conversationId) {
  const member = await Member.findOne({ where: { userId, conversationId }, attributes: ['userId'], raw: true });
  if (!member) throw new Refused(404, 'no such conversation');
}

/** Stored and committed before anybody hears of it. */
export async function sendMessage(io, user, input) {
  const parsed = sendInput.safeParse(input);
  if (!parsed.success) throw new Refused(400, 'invalid input');
  const { conversationId, clientId, content } = parsed.data;
  await requireMember(user.id, conversationId);
  const row = await sequelize.transaction(async (transaction) => {
    const created = await Message.create({ conversationId, clientId, content, senderId: user.id }, { transaction });
    await Conversation.update({ lastMessageAt: created.createdAt, lastMessageId: created.id }, { where: { id: conversationId }, transaction });
    return created;
  });
  const message = view(row, user);
  io.to(conversationId).emit('message.created', message);
  return message;
}

export async function listMessages(user, conversationId, { before, after, limit }) {
  if (!z.uuid().safeParse(conversationId).success) throw new Refused(400, 'invalid input');
  await requireMember(user.id, conversationId);
  const position = before ? { [Op.lt]: before } : after ? { [Op.gt]: after } : undefined;
  const rows = await Message.findAll({
    where: { conversationId, ...(position && { position }) },
    include: [{ model: User, as: 'sender', attributes: ['id', 'name'] }],
    order: [['position', after ? 'ASC' : 'DESC']],
    limit: Math.min(Number(limit) || 50, 200),
  });
  const items = rows.map((row) => view(row, row.sender));
  return { items: after ? items : items.reverse(), cursor: items.at(-1)?.position ?? null };
}

export async function listConversations(user) {
  const items = await Conversation.findAll({
    include: [{ model: Member, where: { userId: user.id }, attributes: ['lastReadAt'] }],
    order: [['lastMessageAt', 'DESC NULLS LAST']],
  });
  return { items };
}

function view(row, sender) {
  const { id, position, conversationId, clientId, content, createdAt } = row;
  return { id, position, conversationId, clientId, content, createdAt, sender: { id: sender.id, name: sender.name } };
}
