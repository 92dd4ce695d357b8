/** What the host of dialogs shows, in one file to fetch. */
export { KeyHelp } from './keys/help.tsx';
export { Preferences } from './notifications/preferences.tsx';
export { Palette } from './palette/palette.tsx';
export { NewConversation } from './people/new-conversation.tsx';
export { OwnProfile } from './people/own-profile.tsx';
export { Ask } from './polls/ask.tsx';
