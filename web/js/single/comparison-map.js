/** The map of a comparison that carries its own data, opened without a server. */
import { showComparison } from "../compare/view.js";
import { byId, pageData } from "../lib/dom.js";
import { drawStreets } from "../map/basemap.js";
import { startMap } from "../map/layers.js";
import { SwipeLayer } from "../map/swipe.js";

const data = pageData("data");
const { map, layers } = startMap({
	streets: (queued) => drawStreets(queued, data.plan),
	swipe: (queued) => new SwipeLayer(queued.map, () => {}),
});
showComparison(map, layers.swipe, data, byId("card"));
