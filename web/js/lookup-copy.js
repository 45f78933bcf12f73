/** The box on `/lookup` that keeps a copy of one's own community for use without a network. */
import { AnswerError } from "./lib/api.js";
import { byId, el, fill, icon, pageData } from "./lib/dom.js";
import { t } from "./lib/i18n.js";
import { notice } from "./lib/notice.js";
import { noticePlan } from "./lib/plan-changed.js";
import { FORMAT } from "./offline/copy.js";
import { canKeep, confirm, daysOld, keep, label, remove } from "./offline/kept.js";
import { ageWords, sizeWords } from "./offline/words.js";

/** A copy older than this is fetched again when the page is opened. */
const FRESH_DAYS = 0.5;
const own = pageData("copy-data");
const box = byId("copy-state");
const choice = /** @type {HTMLSelectElement | null} */ (document.getElementById("copy-grid"));
const phones = /** @type {HTMLInputElement} */ (byId("copy-phones"));
const form = byId("copy-form");

/** The page itself cannot be kept. */
class WorkerError extends Error {}

/**
 * Ask for the copy, unless the one with `tag` is the same still.
 * @param {string} grid
 * @param {boolean} hasPhones
 * @param {string} [tag]
 */
async function askServer(grid, hasPhones, tag) {
	const query = new URLSearchParams({ grid, phones: hasPhones ? "1" : "0" });
	/** @type {Record<string, string>} */
	const headers = { Accept: "application/json" };
	if (tag) headers["If-None-Match"] = tag;
	const response = await fetch(`${own.url}?${query}`, { headers, cache: "no-store" });
	noticePlan(response.headers.get("X-Geogrid-Plan"));
	if (response.status === 304) return null;
	const body = await response.json();
	if (!response.ok) throw new AnswerError(body.detail || body.title, response.status, body);
	return { body, tag: response.headers.get("ETag") || "" };
}

/**
 * @param {string} grid
 * @param {boolean} hasPhones
 * @param {import("./offline/kept.js").Label | null} before
 */
async function save(grid, hasPhones, before) {
	const found = await askServer(grid, hasPhones, before ? before.tag : "");
	if (!found) return confirm(/** @type {any} */ (before));
	await startWorker();
	return keep(found.body, {
		at: Date.now(), owner: own.owner, language: own.language, digest: found.body.digest, format: found.body.format,
		area: found.body.area, has_phones: hasPhones, grid, tag: found.tag, bytes: 0,
	});
}

/** Without it nothing opens without a network; browsers refuse it where they do not trust the certificate. */
async function startWorker() {
	try {
		await navigator.serviceWorker.register(own.worker, { scope: own.scope });
		await navigator.serviceWorker.ready;
	} catch {
		throw new WorkerError(t("The browser refuses to keep this page. Mostly it does not trust the certificate of the server: ask the administrator."));
	}
	if (navigator.storage && navigator.storage.persist) navigator.storage.persist(); // some browsers ask the user
}

/**
 * Do something long and say how it went.
 * @param {string} words while it lasts
 * @param {() => Promise<any>} work
 */
async function busy(words, work) {
	fill(box, el("p.hint", { "aria-busy": "true" }, words));
	form.hidden = true;
	try {
		await work();
		await show();
	} catch (error) {
		await show();
		const said = error instanceof AnswerError || error instanceof WorkerError ? error.message
			: t("The copy could not be kept: no network, or this browser has no room for it.");
		box.append(notice("bad", said));
	}
}

/** Say what is kept, and offer what can be done. */
async function show() {
	const kept = await label();
	form.hidden = Boolean(kept);
	if (!kept) {
		fill(box);
		return;
	}
	fill(box,
		notice("good",
			el("b", null, kept.area), el("br"), ageWords(kept), " · ", sizeWords(kept), " · ",
			kept.has_phones ? t("with phone numbers") : t("without phone numbers")),
		el("div.row", null,
			el("button.button.small", { type: "button", onclick: () => refresh(kept) }, icon("refresh-cw"), t("Refresh")),
			el("a.button.small", { href: own.page }, icon("eye"), t("Try it")),
			el("button.button.small", { type: "button", onclick: () => busy(t("Removing …"), remove) }, icon("x"), t("Remove the copy"))));
}

/** @param {import("./offline/kept.js").Label} kept */
function refresh(kept) {
	return busy(t("Refreshing the copy …"), () => save(kept.grid, kept.has_phones, isSame(kept) ? kept : null));
}

/** @param {import("./offline/kept.js").Label} kept */
function isSame(kept) {
	return kept.language === own.language && kept.format === FORMAT;
}

async function start() {
	const kept = await label();
	if (kept && kept.owner !== own.owner) {
		await remove();
		await show();
		box.append(notice("", t("A copy of another user or of an earlier area was on this device. It has been removed.")));
	} else if (kept && (!isSame(kept) || kept.digest !== own.digest || daysOld(kept) > FRESH_DAYS)) await refresh(kept);
	else await show();
}

/** Where the network goes while the page is open, the saved copy is one click away. */
async function offerCopy() {
	if (!await label()) return;
	const note = el("div.toast", { role: "alert" }, t("There is no network."), " ",
		el("a.button.small", { href: own.page }, t("Look up in the saved copy")));
	byId("toasts").append(note);
	window.addEventListener("online", () => note.remove(), { once: true });
}

form.addEventListener("submit", (event) => {
	event.preventDefault();
	busy(t("Saving the copy …"), () => save(choice ? choice.value : "", phones.checked, null));
});
if (canKeep()) {
	start().catch(() => fill(box, el("p.hint", null, t("This browser keeps nothing, as in a private window."))));
	window.addEventListener("offline", () => { offerCopy().catch(() => {}); });
} else {
	form.hidden = true;
	fill(box, notice("warn", window.isSecureContext
		? t("This browser cannot keep a copy: it is too old, or a private window.")
		: t("Browsers keep pages for use without a network only when they are opened by https:// or on the server itself. This page was opened by http://. Ask the administrator for HTTPS.")));
}
