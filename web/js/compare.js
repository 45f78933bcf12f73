/** `/workspace/compare/…`: the plan in use against a former one, with a map to wipe. */
import { showComparison } from "./compare/view.js";
import { getJSON } from "./lib/api.js";
import { byId, pageData } from "./lib/dom.js";
import { showProblem } from "./lib/sending.js";
import { startMap } from "./map/layers.js";
import { SwipeLayer } from "./map/swipe.js";

const page = pageData("page");
const { map, layers } = startMap({ swipe: (queued) => new SwipeLayer(queued.map, () => {}) });

getJSON(page.data)
	.then((data) => showComparison(map, layers.swipe, data, byId("card")))
	.catch((error) => showProblem(byId("card"), error.message));
