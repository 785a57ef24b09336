// Who uses the page: the seam for a sign-in.
//
// Today a person says their supporter number, and whoever opens the page may say any: that is why
// hosting is closed by default. With a user pool, this file is what changes: `signIn` sends the
// person to the pool, `current` reads the id from the token that comes back, and `credentials`
// gives that token beside the key. Nothing else in the page knows how a person proves who they are.

const KEPT = 'supporter';

/** Ids as the API takes them. */
const ID = /^[A-Za-z0-9][A-Za-z0-9._:@|+-]{0,127}$/;

/** The supporter of this tab, or null. Another tab may be another supporter. */
export const current = () => sessionStorage.getItem(KEPT);

export const isId = (text) => ID.test(text);

/** Goes on as this supporter, until the tab is closed. */
export const signIn = (userId) => sessionStorage.setItem(KEPT, userId);

export const signOut = () => sessionStorage.removeItem(KEPT);

/** What proves to the REST API who asks. */
export const credentials = (config) => ({ 'x-api-key': config.apiKey });

/** The same for the WebSocket, to which a browser cannot send headers. */
export const socketCredentials = (config, userId) => ({ userId, apiKey: config.apiKey });
