/** Dialogs that are fetched when one of them is first asked for. */
export { Readers } from './chat/readers.tsx';
export { KeyHelp } from './keys/help.tsx';
export { Preferences } from './notifications/preferences.tsx';
export { Palette } from './palette/palette.tsx';
export { NewConversation } from './people/new-conversation.tsx';
export { OwnProfile } from './people/own-profile.tsx';
export { Ask } from './polls/ask.tsx';
