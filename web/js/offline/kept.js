/**
 * The copy in the browser's own database, enciphered (AES-GCM) with a key that scripts can use and
 * not read. What that is worth, and what not, is in `docs/offline.md`.
 */

/**
 * @typedef {{at: number, owner: string, language: string, digest: string, format: number, area: string,
 *   has_phones: boolean, grid: string, tag: string, bytes: number}} Label what stands beside the
 *   copy in plain: `at` in milliseconds is when the server said it last, by the clock of this
 *   device, `grid` what was asked for
 */

const DATABASE = "geogrid-offline";
const STORE = "kept";
const DAY = 86400000;
/** A copy older than this may be wrong. */
export const OLD_DAYS = 7;
/** A copy older than this is removed. */
export const LAST_DAYS = 30;

/** @returns {boolean} whether this browser, at this address, can keep a copy and work without a network */
export function canKeep() {
	return Boolean(window.isSecureContext && "serviceWorker" in navigator && window.indexedDB && window.caches
		&& window.crypto && window.crypto.subtle);
}

/**
 * @param {IDBRequest} request
 * @returns {Promise<any>}
 */
function done(request) {
	return new Promise((resolve, reject) => {
		request.onsuccess = () => resolve(request.result);
		request.onerror = () => reject(request.error);
	});
}

/**
 * @param {"readonly" | "readwrite"} mode
 * @param {(store: IDBObjectStore) => Promise<any>[]} work
 * @returns {Promise<any[]>}
 */
async function inStore(mode, work) {
	const opening = indexedDB.open(DATABASE, 1);
	opening.onupgradeneeded = () => opening.result.createObjectStore(STORE);
	const database = await done(opening);
	try {
		const transaction = database.transaction(STORE, mode);
		const finished = new Promise((resolve, reject) => {
			transaction.oncomplete = resolve;
			transaction.onabort = () => reject(transaction.error);
		});
		const results = await Promise.all(work(transaction.objectStore(STORE)));
		await finished;
		return results;
	} finally {
		database.close();
	}
}

/**
 * Keep a copy instead of the one before it.
 * @param {any} data
 * @param {Label} label
 */
export async function keep(data, label) {
	const key = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
	const iv = crypto.getRandomValues(new Uint8Array(12));
	const plain = new TextEncoder().encode(JSON.stringify(data));
	const secret = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, plain);
	await inStore("readwrite", (store) => [
		done(store.put(key, "key")),
		done(store.put({ iv, secret }, "copy")),
		done(store.put({ ...label, bytes: secret.byteLength }, "label")),
	]);
}

/**
 * Note that the server said again that the copy is right.
 * @param {Label} label
 */
export async function confirm(label) {
	await inStore("readwrite", (store) => [done(store.put({ ...label, at: Date.now() }, "label"))]);
}

/**
 * What is kept, null where nothing is. What is too old is removed.
 * @returns {Promise<Label | null>}
 */
export async function label() {
	const [found] = await inStore("readonly", (store) => [done(store.get("label"))]);
	if (found && daysOld(found) > LAST_DAYS) {
		await remove();
		return null;
	}
	return found || null;
}

/** @returns {Promise<any>} the copy as the server wrote it, null where there is none */
export async function read() {
	const [key, copy] = await inStore("readonly", (store) => [done(store.get("key")), done(store.get("copy"))]);
	if (!key || !copy) return null;
	const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv: copy.iv }, key, copy.secret);
	return JSON.parse(new TextDecoder().decode(plain));
}

/** Remove the copy, its key, the service worker and the files it kept. */
export async function remove() {
	await done(indexedDB.deleteDatabase(DATABASE));
	const workers = await navigator.serviceWorker.getRegistrations();
	await Promise.all(workers.map((each) => each.unregister()));
	const names = await caches.keys();
	await Promise.all(names.filter((name) => name.startsWith("geogrid-")).map((name) => caches.delete(name)));
}

/**
 * @param {Label} kept
 * @returns {number} days since the server said so last, by the clock of this device
 */
export function daysOld(kept) {
	return Math.max(0, (Date.now() - kept.at) / DAY);
}
