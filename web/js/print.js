/** `/print`: wait for a sheet that is being made, then show it. */
import { byId } from "./lib/dom.js";
import { t } from "./lib/i18n.js";
import { pollUntil, showProblem, showProgress } from "./lib/sending.js";

const making = byId("making");
const progress = byId("progress");
const words = { waiting: t("Waiting for its turn…"), running: t("Drawing the sheet…") };

showProgress(progress, words.waiting, null);
pollUntil(String(making.dataset.state), (now) => {
	const isRunning = now.state === "running";
	showProgress(progress, isRunning ? words.running : words.waiting, isRunning ? now.share : null);
	return now.state !== "waiting" && !isRunning;
}).then((last) => {
	if (last.state === "failed") throw new Error(last.error);
	location.reload(); // it is there, or was forgotten and is begun again
}).catch((error) => {
	making.hidden = true;
	showProblem(byId("problem"), error.message);
});
