/** `/cases`, step 1: choose a list of cases or addresses. */
import { postForm } from "./lib/api.js";
import { byId } from "./lib/dom.js";
import { dropzone } from "./lib/dropzone.js";
import { t } from "./lib/i18n.js";
import { pollUntil, sendFiles, showProblem, showProgress } from "./lib/sending.js";

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

/** @param {() => Promise<void>} work */
async function go(work) {
	busy(true);
	try {
		await work();
	} catch (error) {
		busy(false);
		showProblem(problem, /** @type {Error} */ (error).message);
	}
}

dropzone(drop, (files) => {
	const megabytes = files[0].size / 1e6;
	const ending = (files[0].name.match(/\.[^.]+$/) || [""])[0].toLowerCase();
	const endings = input.accept.split(",");
	if (files.length > 1) showProblem(problem, t("Please choose one list at a time."));
	else if (!endings.includes(ending))
		showProblem(problem, t("{file} cannot be read here. Files that can: {suffixes}.", { file: files[0].name, suffixes: endings.join(" ") }));
	else if (megabytes > largestMb)
		showProblem(problem, t("This is {size} MB; at most {limit} MB can be uploaded.",
			{ size: Math.round(megabytes), limit: largestMb }));
	else go(() => send(files[0]));
});

for (const button of document.querySelectorAll("[data-start]"))
	button.addEventListener("click", () => go(async () => {
		await postForm(String(button.getAttribute("data-start")), new FormData());
		location.reload();
	}));
// a page taken from the browser's memory by "back" must not stay locked
window.addEventListener("pageshow", () => busy(false));
