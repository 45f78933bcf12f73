/** Send files and show how far they are; waiting for slow work on the server. */
import { getJSON, postForm } from "./api.js";
import { el, fill, icon } from "./dom.js";
import { percent } from "./format.js";
import { t } from "./i18n.js";

/**
 * Show a bar with a line of words.
 * @param {HTMLElement} box
 * @param {string} words
 * @param {number | null} share 0 to 1, null while nobody knows
 */
export function showProgress(box, words, share) {
	const known = share !== null && share > 0;
	fill(box,
		el("p", { role: "status" }, words, known ? ` ${percent(share)}` : null),
		el("progress", { max: 1, value: known ? share : null, "aria-label": words }));
	box.hidden = false;
}

/**
 * Show what went wrong.
 * @param {HTMLElement} box
 * @param {string} message
 */
export function showProblem(box, message) {
	fill(box, el("div.notice.bad", { role: "alert" }, icon("circle-x"), el("span", null, message)));
	box.hidden = false;
}

/**
 * Send files; the bar follows. Rejects with words for the user.
 * @param {string} url
 * @param {FormData} data
 * @param {HTMLElement} box
 * @returns {Promise<any>}
 */
export async function sendFiles(url, data, box) {
	showProgress(box, t("Uploading…"), null);
	return postForm(url, data, (share) =>
		share < 1 ? showProgress(box, t("Uploading…"), share) : showProgress(box, t("Reading the file…"), null));
}

/**
 * Ask again and again until `done` says so; slower with time, and patient with a short
 * break of the connection.
 * @param {string} url
 * @param {(answer: any) => boolean} done
 * @returns {Promise<any>} the last answer
 */
export async function pollUntil(url, done) {
	let pause = 250;
	let failures = 0;
	for (;;) {
		try {
			const answer = await getJSON(url);
			failures = 0;
			if (done(answer)) return answer;
		} catch (error) {
			failures += 1;
			if (failures > 4) throw error;
		}
		await new Promise((resolve) => setTimeout(resolve, pause));
		pause = Math.min(pause * 1.25, 2000);
	}
}
