/** `/plans/new/trace`: choose what to begin with. */
import { postForm } from "./lib/api.js";
import { byId } from "./lib/dom.js";
import { dropzone } from "./lib/dropzone.js";
import { sendFiles, showProblem } from "./lib/sending.js";

const drop = byId("drop");

/** @param {() => Promise<{url: string}>} start */
async function go(start) {
	drop.classList.add("locked");
	byId("problem").hidden = true;
	try {
		location.href = (await start()).url;
	} catch (error) {
		byId("progress").hidden = true;
		showProblem(byId("problem"), /** @type {Error} */ (error).message);
	} finally {
		drop.classList.remove("locked");
	}
}

dropzone(drop, ([file]) => {
	const data = new FormData();
	data.append("files", file);
	go(() => sendFiles("/api/v1/trace", data, byId("progress")));
});
for (const button of document.querySelectorAll("[data-start]"))
	button.addEventListener("click", () => go(() => postForm(String(button.getAttribute("data-start")), new FormData())));
window.addEventListener("pageshow", () => { byId("progress").hidden = true; });
