import { DataTypes, Sequelize } from 'sequelize';

export const sequelize = new Sequelize(process.env.DATABASE_URL, { logging: false, pool: { max: 20, min: 5 } });

const id = { type: DataTypes.UUID, primaryKey: true, defaultValue: DataTypes.UUIDV4 };

export const User = sequelize.define('user', { id, name: { type: DataTypes.STRING, allowNull: false } });
export const Conversation = sequelize.define(
  'conversation',
  { id, title: DataTypes.STRING, lastMessageAt: DataTypes.DATE, lastMessageId: DataTypes.UUID },
  { indexes: [{ fields: ['lastMessageAt'] }] },
);
export const Member = sequelize.define(
  'member',
  {
    conversationId: { type: DataTypes.UUID, primaryKey: true },
    userId: { type: DataTypes.UUID, primaryKey: true },
    lastReadAt: DataTypes.DATE,
  },
  { indexes: [{ fields: ['userId'] }] },
);
export const Message = sequelize.define(
  'message',
  {
    id,
    position: { type: DataTypes.BIGINT, autoIncrement: true },
    conversationId: { type: DataTypes.UUID, allowNull: false },
    senderId: { type: DataTypes.UUID, allowNull: false },
    clientId: { type: DataTypes.STRING, allowNull: false },
    content: { type: DataTypes.TEXT, allowNull: false },
  },
  {
    indexes: [{ fields: ['conversationId', 'position'] }, { fields: ['conversationId', 'senderId', 'clientId'], unique: true }],
  },
);
Message.belongsTo(User, { as: 'sender', foreignKey: 'senderId', constraints: false });
Conversation.hasMany(Member, { foreignKey: 'conversationId', constraints: false });
