/** `/check`, step 1: choose a boundary file. */
import { postForm } from "./lib/api.js";
import { byId } from "./lib/dom.js";
import { dropzone } from "./lib/dropzone.js";
import { t } from "./lib/i18n.js";
import { sendFiles, showProblem } from "./lib/sending.js";

const drop = byId("drop");
const input = /** @type {HTMLInputElement} */ (drop.querySelector("input"));
const largestMb = Number(input.dataset.largest);

/** @param {boolean} on */
function busy(on) {
	input.disabled = on;
	for (const button of document.querySelectorAll("[data-start]"))
		/** @type {HTMLButtonElement} */ (button).disabled = on;
	if (on) byId("problem").hidden = true;
	else byId("progress").hidden = true;
}

/** @param {() => Promise<{url: string}>} start */
async function go(start) {
	busy(true);
	try {
		location.href = (await start()).url;
	} catch (error) {
		busy(false);
		showProblem(byId("problem"), /** @type {Error} */ (error).message);
	}
}

dropzone(drop, (files) => {
	const data = new FormData();
	for (const file of files) data.append("files", file);
	const megabytes = files.reduce((sum, file) => sum + file.size, 0) / 1e6;
	if (megabytes > largestMb) {
		showProblem(byId("problem"), t("This is {size} MB; at most {limit} MB can be uploaded.",
			{ size: Math.round(megabytes), limit: largestMb }));
		return;
	}
	go(() => sendFiles("/api/v1/check", data, byId("progress")));
});

for (const button of document.querySelectorAll("[data-start]"))
	button.addEventListener("click", () => go(() => postForm(String(button.getAttribute("data-start")), new FormData())));
// a page taken from the browser's memory by "back" must not stay locked
window.addEventListener("pageshow", () => busy(false));
