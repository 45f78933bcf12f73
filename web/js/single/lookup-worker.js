/**
 * The service worker of `/lookup`: gives the page that works without a network, when there is
 * none, and the files of that page. All else goes to the server as if it were not there.
 *
 * `geogridKept`, which the server writes before this text, names the files and their version.
 * They are kept together under that version and thrown away together.
 */

const worker = /** @type {any} */ (self);
/** @type {{version: string, page: string, files: string[]}} */
const kept = worker.geogridKept;
const NAME = `geogrid-${kept.version}`;
const PATIENCE_MS = 8000;
/** The look-up and the page without a network; what lies below them is none of ours. */
const PAGES = [new URL(worker.registration.scope).pathname, kept.page];

worker.addEventListener("install", (/** @type {any} */ event) => {
	const files = [kept.page, ...kept.files].map((url) => new Request(url, { cache: "reload" }));
	event.waitUntil(caches.open(NAME).then((cache) => cache.addAll(files)).then(() => worker.skipWaiting()));
});

worker.addEventListener("activate", (/** @type {any} */ event) => {
	event.waitUntil(caches.keys()
		.then((names) => Promise.all(names.filter((name) => name.startsWith("geogrid-") && name !== NAME)
			.map((name) => caches.delete(name))))
		.then(() => worker.clients.claim()));
});

worker.addEventListener("fetch", (/** @type {any} */ event) => {
	const { request } = event;
	const { origin, pathname } = new URL(request.url);
	if (request.method !== "GET" || origin !== location.origin) return;
	if (request.mode === "navigate") {
		if (PAGES.includes(pathname)) event.respondWith(page(request));
	} else if (kept.files.includes(pathname)) event.respondWith(file(request));
});

/** @param {Request} request */
async function file(request) {
	return (await caches.match(request.url)) || fetch(request);
}

/**
 * The page from the server; the kept one when the server is not there or takes too long.
 * @param {Request} request
 */
async function page(request) {
	const asking = fetch(request);
	const waiting = new Promise((_resolve, reject) => {
		setTimeout(() => reject(new Error("the server takes too long")), PATIENCE_MS);
	});
	try {
		const answer = /** @type {Response} */ (await Promise.race([asking, waiting]));
		if (answer.status < 502 || answer.status > 504) return answer;
	} catch {
		/* no network: the kept page, if it is there */
	}
	return (await caches.match(kept.page)) || asking;
}
