/** The version of this program; only this name of package.json is bundled. */
export { version } from '../../package.json';
