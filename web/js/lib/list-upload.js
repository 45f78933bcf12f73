/** Send a list to be read, and go where it leads: the first step of several pages. */
import { byId } from "./dom.js";
import { dropzone } from "./dropzone.js";
import { t } from "./i18n.js";
import { pollUntil, sendFiles, showProblem, showProgress } from "./sending.js";

const drop = byId("drop");
const input = /** @type {HTMLInputElement} */ (drop.querySelector("input"));
const largestMb = Number(input.dataset.largest);
const progress = byId("progress");
const problem = byId("problem");

/** @param {boolean} on */
function busy(on) {
	input.disabled = on;
	if (on) problem.hidden = true;
	else progress.hidden = true;
}

/**
 * Do what takes a while; another cannot begin meanwhile.
 * @param {() => Promise<void>} work
 */
export async function go(work) {
	if (input.disabled) return;
	busy(true);
	try {
		await work();
	} catch (error) {
		busy(false);
		showProblem(problem, /** @type {Error} */ (error).message);
	}
}

/** @param {File} file */
async function send(file) {
	const data = new FormData();
	data.append("file", file);
	const sent = await sendFiles(String(input.dataset.url), data, progress);
	const list = sent.stage === "reading" ? await pollUntil(sent.state_url, (answer) => {
		if (answer.stage === "reading") showProgress(progress, t("Reading the list…"), answer.share);
		return answer.stage !== "reading";
	}) : sent;
	if (list.error) throw new Error(list.error);
	location.href = list.url;
}

/**
 * Send a file that is small enough.
 * @param {File} file
 */
export function sendList(file) {
	const megabytes = file.size / 1e6;
	if (megabytes > largestMb)
		showProblem(problem, t("This is {size} MB; at most {limit} MB can be uploaded.",
			{ size: Math.round(megabytes), limit: largestMb }));
	else go(() => send(file));
}

dropzone(drop, (files) => {
	const ending = (files[0].name.match(/\.[^.]+$/) || [""])[0].toLowerCase();
	const endings = input.accept.split(",");
	if (files.length > 1) showProblem(problem, t("Please choose one list at a time."));
	else if (!endings.includes(ending))
		showProblem(problem, t("{file} cannot be read here. Files that can: {suffixes}.", { file: files[0].name, suffixes: endings.join(" ") }));
	else sendList(files[0]);
});

// a page taken from the browser's memory by "back" must not stay locked
window.addEventListener("pageshow", () => busy(false));
